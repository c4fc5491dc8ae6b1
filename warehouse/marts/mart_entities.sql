-- Grain: one entity that at least one mention names.
WITH
named AS (
    SELECT
        l.entity_id,
        count(*) AS mentions,
        count(DISTINCT a.article_id) AS articles,
        count(DISTINCT a.origin_article_id) AS origins,
        count(DISTINCT a.story_id) AS stories,
        min(a.published_from) AS first_published,
        max(a.published_to) AS last_published
    FROM core_links l JOIN mart_articles a USING (article_id)
    GROUP BY l.entity_id
),
names AS (
    SELECT
        entity_id,
        list({'language': language, 'name': name} ORDER BY language, name) AS names
    FROM core_entity_names
    GROUP BY entity_id
)
SELECT
    e.entity_id,
    e.name,
    e.type,
    e.wikidata_id,
    coalesce(w.names, []) AS names,
    n.mentions,
    n.articles,
    n.origins,
    n.stories,
    n.first_published,
    n.last_published
FROM core_entities e
JOIN named n USING (entity_id)
LEFT JOIN names w USING (entity_id)
ORDER BY e.entity_id
