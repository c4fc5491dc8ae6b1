-- Grain: one story.
WITH
told AS (
    SELECT
        story_id,
        min(published_from) AS first_published,
        max(published_to) AS last_published,
        count(*) AS articles,
        count(DISTINCT origin_article_id) AS origins,
        list(DISTINCT language ORDER BY language) AS languages,
        list(DISTINCT outlet ORDER BY outlet) FILTER (outlet IS NOT NULL) AS outlets
    FROM mart_articles
    GROUP BY story_id
),
entity_mentions AS (
    SELECT m.story_id, e.entity_id, e.name, count(*) AS mentions
    FROM core_links l
    JOIN core_entities e USING (entity_id)
    JOIN core_story_articles m USING (article_id)
    GROUP BY m.story_id, e.entity_id, e.name
),
top_entities AS (
    SELECT story_id, list(name ORDER BY mentions DESC, name, entity_id)[1:5] AS names
    FROM entity_mentions
    GROUP BY story_id
)
SELECT
    s.story_id,
    s.title_en,
    t.first_published,
    t.last_published,
    t.articles,
    t.origins,
    t.languages,
    coalesce(t.outlets, []) AS outlets,
    coalesce(e.names, []) AS top_entities
FROM core_stories s
JOIN told t USING (story_id)
LEFT JOIN top_entities e USING (story_id)
ORDER BY s.story_id
