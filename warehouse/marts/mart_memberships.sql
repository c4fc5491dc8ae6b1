-- Grain: group × member × status.
WITH
statements AS (
    SELECT
        g.entity_id AS group_entity_id,
        m.entity_id AS member_entity_id,
        s.status,
        s.article_id,
        a.origin_article_id,
        {'article_id': s.article_id, 'start': s.start, 'end': s."end", 'text': s.text} AS passage
    FROM core_memberships s
    JOIN core_links g ON g.mention_id = s.group_mention_id
    JOIN core_links m ON m.mention_id = s.member_mention_id
    JOIN core_story_articles a ON a.article_id = s.article_id
)
SELECT
    s.group_entity_id,
    g.name AS group_name,
    s.member_entity_id,
    m.name AS member_name,
    s.status,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT s.origin_article_id) AS origins,
    list_sort(list(DISTINCT s.passage)) AS evidence
FROM statements s
JOIN core_entities g ON g.entity_id = s.group_entity_id
JOIN core_entities m ON m.entity_id = s.member_entity_id
GROUP BY s.group_entity_id, g.name, s.member_entity_id, m.name, s.status
ORDER BY s.group_entity_id, s.member_entity_id, s.status
