-- Grain: one outlet; the row without a name holds the articles that declare none.
SELECT
    outlet,
    count(*) AS articles,
    count(*) FILTER (copy_kind = 'original') AS originals,
    count(*) FILTER (copy_kind <> 'original') AS copies,
    list(DISTINCT language ORDER BY language) AS languages,
    min(published_from) AS first_published,
    max(published_to) AS last_published
FROM mart_articles
GROUP BY outlet
ORDER BY outlet NULLS LAST
