-- Grain: person × role × organisation × status.
WITH
statements AS (
    SELECT
        p.entity_id AS person_entity_id,
        o.entity_id AS organization_entity_id,
        s.role,
        s.role_en,
        coalesce(s.role_en, s.role) AS meaning,
        s.status,
        s.article_id,
        a.origin_article_id,
        {'article_id': s.article_id, 'start': s.start, 'end': s."end", 'text': s.text} AS passage
    FROM core_roles s
    JOIN core_links p ON p.mention_id = s.person_mention_id
    JOIN core_story_articles a ON a.article_id = s.article_id
    LEFT JOIN core_links o ON o.mention_id = s.organization_mention_id
),
wordings AS (
    SELECT
        person_entity_id, meaning, organization_entity_id, status, role, count(*) AS uses
    FROM statements
    GROUP BY ALL
),
best_wordings AS (
    SELECT
        person_entity_id, meaning, organization_entity_id, status,
        first(role ORDER BY uses DESC, length(role), role) AS best_role
    FROM wordings
    GROUP BY person_entity_id, meaning, organization_entity_id, status
),
-- Two meanings may share their best wording (one of them untranslated): they are one role.
worded AS (
    SELECT s.* EXCLUDE (role), b.best_role AS role
    FROM statements s
    JOIN best_wordings b
        ON b.person_entity_id = s.person_entity_id
        AND b.meaning = s.meaning
        AND b.organization_entity_id IS NOT DISTINCT FROM s.organization_entity_id
        AND b.status = s.status
)
SELECT
    s.person_entity_id,
    p.name AS person_name,
    s.role,
    min(s.role_en) AS role_en,
    s.organization_entity_id,
    o.name AS organization_name,
    s.status,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT s.origin_article_id) AS origins,
    list_sort(list(DISTINCT s.passage)) AS evidence
FROM worded s
JOIN core_entities p ON p.entity_id = s.person_entity_id
LEFT JOIN core_entities o ON o.entity_id = s.organization_entity_id
GROUP BY
    s.person_entity_id, p.name, s.role, s.organization_entity_id, o.name, s.status
ORDER BY s.person_entity_id, s.role, s.organization_entity_id, s.status
