-- Grain: entity pair named in one segment, the first by id first.
WITH
named AS (
    SELECT DISTINCT m.segment_id, m.article_id, l.entity_id
    FROM core_mentions m JOIN core_links l USING (mention_id, article_id)
),
pairs AS (
    SELECT a.entity_id AS entity_a_id, b.entity_id AS entity_b_id, a.article_id
    FROM named a
    JOIN named b ON b.segment_id = a.segment_id AND a.entity_id < b.entity_id
)
SELECT
    p.entity_a_id,
    a.name AS entity_a_name,
    p.entity_b_id,
    b.name AS entity_b_name,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT s.origin_article_id) AS origins,
    count(DISTINCT s.story_id) AS stories
FROM pairs p
JOIN core_story_articles s USING (article_id)
JOIN core_entities a ON a.entity_id = p.entity_a_id
JOIN core_entities b ON b.entity_id = p.entity_b_id
GROUP BY p.entity_a_id, a.name, p.entity_b_id, b.name
ORDER BY p.entity_a_id, p.entity_b_id
