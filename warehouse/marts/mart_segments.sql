-- Grain: one segment.
WITH
target_translations AS (
    FROM core_translations WHERE target = getvariable('target')
)
SELECT
    s.segment_id,
    s.article_id,
    s.ordinal,
    s.kind,
    s.start,
    s."end",
    s.text,
    s.kind IN ('title', 'heading', 'sentence', 'list_item') AS content,
    -- Translations are shared by normalised text; what needs none keeps its own white space.
    CASE
        WHEN t.origin = 'identity' OR l.language = getvariable('target') THEN s.text
        WHEN t.origin <> 'untranslated' THEN t.translated
    END AS text_en,
    l.language,
    coalesce(t.engine, 'untranslated') AS engine,
    coalesce(t.engine_version, '1') AS engine_version,
    coalesce(t.origin, if(l.language = getvariable('target'), 'identity', 'untranslated'))
        AS origin,
    t.quality,
    coalesce(
        t.fallback_reason,
        if(t.origin IS NULL AND l.language <> getvariable('target'),
            'not part of the article, and so not translated', NULL)
    ) AS fallback_reason
FROM core_segments s
JOIN core_languages l USING (segment_id, article_id)
LEFT JOIN target_translations t USING (text_hash, language)
ORDER BY s.article_id, s.ordinal
