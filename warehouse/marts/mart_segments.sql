-- Grain: one segment.
WITH
target_translations AS (
    FROM core_translations WHERE target = getvariable('target')
),
-- What a reviewer translated for one kind of segment: a headline otherwise than a sentence.
in_context AS (
    FROM seed_memory WHERE target = getvariable('target') AND context <> ''
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
        WHEN c.translated IS NOT NULL THEN c.translated
        WHEN t.origin <> 'untranslated' THEN t.translated
    END AS text_en,
    l.language,
    if(c.translated IS NULL, coalesce(t.engine, 'untranslated'), 'memory') AS engine,
    if(c.translated IS NULL, coalesce(t.engine_version, '1'), '1') AS engine_version,
    if(c.translated IS NULL,
        coalesce(t.origin, if(l.language = getvariable('target'), 'identity', 'untranslated')),
        'memory') AS origin,
    if(c.translated IS NULL, t.quality, if(c.reviewed, 1.0, 0.5)) AS quality,
    if(c.translated IS NULL, coalesce(t.missed, []), []) AS missed,
    CASE WHEN c.translated IS NULL THEN coalesce(
        t.fallback_reason,
        if(t.origin IS NULL AND l.language <> getvariable('target'),
            'not part of the article, and so not translated', NULL)
    ) END AS fallback_reason
FROM core_segments s
JOIN core_languages l USING (segment_id, article_id)
LEFT JOIN target_translations t USING (text_hash, language)
LEFT JOIN in_context c
    ON c.text_hash = s.text_hash AND c.language = l.language AND c.context = s.kind
    AND l.language <> getvariable('target')
ORDER BY s.article_id, s.ordinal
