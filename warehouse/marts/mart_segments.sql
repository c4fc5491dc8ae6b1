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
    -- Translations are shared by normalised text; what needs none keeps its own white space.
    CASE t.origin WHEN 'identity' THEN s.text WHEN 'untranslated' THEN NULL ELSE t.translated END
        AS text_en,
    l.language,
    t.engine,
    t.engine_version,
    t.origin,
    t.quality,
    t.fallback_reason
FROM core_segments s
JOIN core_languages l USING (segment_id, article_id)
JOIN target_translations t USING (text_hash, language)
ORDER BY s.article_id, s.ordinal
