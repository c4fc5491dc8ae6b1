-- Grain: one statement of one field of an article.
SELECT
    article_id,
    field,
    ordinal,
    value,
    source,
    origin,
    confidence,
    chosen,
    conflicting,
    published_from AS date_from,
    published_to AS date_to,
    published_precision AS date_precision,
    published_zone AS date_zone
FROM core_metadata
ORDER BY article_id, field, ordinal
