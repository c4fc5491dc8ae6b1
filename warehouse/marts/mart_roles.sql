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
        t.*
    FROM core_roles s
    JOIN core_links p ON p.mention_id = s.person_mention_id
    JOIN mart_tellings t ON t.fact_id = s.role_id
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
    SELECT
        s.* EXCLUDE (role),
        b.best_role AS role,
        -- Nothing joins on a null: a role nowhere in particular is compared like any other.
        concat_ws(chr(0), s.person_entity_id, s.meaning, coalesce(s.organization_entity_id, ''))
            AS position
    FROM statements s
    JOIN best_wordings b
        ON b.person_entity_id = s.person_entity_id
        AND b.meaning = s.meaning
        AND b.organization_entity_id IS NOT DISTINCT FROM s.organization_entity_id
        AND b.status = s.status
),
disputed AS (
    SELECT *
    FROM worded
    WINDOW same AS (PARTITION BY position)
    QUALIFY min(status) OVER same <> max(status) OVER same
),
-- Two origins contradict each other if the one says that somebody is what by the other they were,
-- unless they were it later; and in nothing of that time do they agree.
compared AS (
    SELECT
        a.position,
        a.origin_article_id AS origin_a,
        b.origin_article_id AS origin_b,
        a.status = b.status AS agree,
        CASE
            WHEN agree THEN a.as_of_to < b.as_of_from OR b.as_of_to < a.as_of_from
            WHEN a.status = 'current' THEN a.as_of_to < b.as_of_from
            ELSE b.as_of_to < a.as_of_from
        END AS other_time
    FROM disputed a
    JOIN disputed b ON b.position = a.position AND b.origin_article_id > a.origin_article_id
),
pairs AS (
    SELECT
        position,
        bool_or(NOT agree AND other_time IS NOT true)
            AND NOT bool_or(agree AND other_time IS NOT true) AS conflict,
        bool_or(NOT agree AND other_time) AS changed
    FROM compared
    GROUP BY position, origin_a, origin_b
),
differences AS (
    SELECT position, bool_or(conflict) AS conflict, bool_or(changed) AS changed
    FROM pairs
    GROUP BY position
),
verdicts AS (
    SELECT
        position,
        CASE
            WHEN count(DISTINCT origin_article_id) = 1 THEN 'single'
            WHEN any_value(d.conflict) THEN 'conflicting'
            WHEN count(DISTINCT status) > 1 THEN 'compatible'
            ELSE 'agreed'
        END AS verdict,
        if(any_value(d.changed), ['time'], []::VARCHAR[]) AS differ_by
    FROM worded
    LEFT JOIN differences d USING (position)
    GROUP BY position
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
    list_sort(list(DISTINCT {
        'article_id': s.article_id, 'start': s.start, 'end': s."end", 'text': s.text
    })) AS evidence,
    -- Meanings that share a wording are one row: the worse verdict stands.
    max_by(v.verdict, list_position(['single', 'agreed', 'compatible', 'conflicting'], v.verdict))
        AS verdict,
    list_sort(list_distinct(flatten(list(v.differ_by)))) AS differ_by,
    list_sort(list(DISTINCT {
        'article_id': s.article_id, 'origin_article_id': s.origin_article_id,
        'start': s.start, 'end': s."end", 'text': s.text, 'language': s.language,
        'sentence': s.sentence, 'sentence_en': s.sentence_en,
        'as_of_from': s.as_of_from, 'as_of_to': s.as_of_to
    })) AS tellings
FROM worded s
JOIN verdicts v USING (position)
JOIN core_entities p ON p.entity_id = s.person_entity_id
LEFT JOIN core_entities o ON o.entity_id = s.organization_entity_id
GROUP BY
    s.person_entity_id, p.name, s.role, s.organization_entity_id, o.name, s.status
ORDER BY s.person_entity_id, s.role, s.organization_entity_id, s.status
