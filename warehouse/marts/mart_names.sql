-- Grain: one name, whose it is, and whose else it could be.
WITH
used AS (
    SELECT name_id, name, type, count(*) AS mentions
    FROM core_namings
    GROUP BY name_id, name, type
),
names AS (
    SELECT
        name_id,
        arg_max(name, (mentions, name)) AS name,
        arg_max(type, (mentions, type)) AS type,
        sum(mentions)::BIGINT AS mentions
    FROM used
    GROUP BY name_id
),
rivals AS (
    SELECT
        n.name_id,
        list({'entity_id': r.entity_id, 'name': coalesce(e.name, r.entity_id)} ORDER BY r.entity_id)
            AS rivals
    FROM core_names n, unnest(n.rivals) AS r(entity_id)
    LEFT JOIN core_entities e ON e.entity_id = r.entity_id
    GROUP BY n.name_id
)
SELECT
    n.name_id,
    n.name,
    n.type,
    coalesce(b.entity_id, n.name_id) AS entity_id,
    coalesce(b.score, 1.0) AS score,
    coalesce(b.why, 'its own name') AS why,
    n.mentions,
    coalesce(r.rivals, []) AS rivals
FROM names n
LEFT JOIN core_names b USING (name_id)
LEFT JOIN rivals r USING (name_id)
ORDER BY n.name_id
