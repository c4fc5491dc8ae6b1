-- Grain: one mention that is linked to an entity.
SELECT
    m.mention_id,
    m.article_id,
    m.segment_id,
    e.entity_id,
    e.name AS entity_name,
    m.type,
    m.surface,
    m.start,
    m."end",
    m.extractor,
    m.extractor_version,
    m.confidence
FROM core_mentions m
JOIN core_links l USING (mention_id, article_id)
JOIN core_entities e USING (entity_id)
ORDER BY m.article_id, m.start, m.mention_id
