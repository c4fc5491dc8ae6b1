-- Grain: group × member × status.
WITH
statements AS (
    SELECT
        g.entity_id AS group_entity_id,
        m.entity_id AS member_entity_id,
        s.status,
        s.status <> 'not_member' AS belongs,
        t.*
    FROM core_memberships s
    JOIN core_links g ON g.mention_id = s.group_mention_id
    JOIN core_links m ON m.mention_id = s.member_mention_id
    JOIN mart_tellings t ON t.fact_id = s.membership_id
),
disputed AS (
    SELECT *
    FROM statements
    WINDOW same AS (PARTITION BY group_entity_id, member_entity_id)
    QUALIFY min(status) OVER same <> max(status) OVER same
),
-- Two origins contradict each other if one says that somebody belongs and the other that they do
-- not, of the same time, and in nothing of that time do they agree. Who founded a group may have
-- left it: that is said of another time, whatever the days.
compared AS (
    SELECT
        a.group_entity_id,
        a.member_entity_id,
        a.belongs = b.belongs AS agree,
        a.status <> b.status AS differ,
        NOT agree AND 'founder' IN (a.status, b.status)
            OR a.as_of_to < b.as_of_from OR b.as_of_to < a.as_of_from AS other_time,
        a.origin_article_id AS origin_a,
        b.origin_article_id AS origin_b
    FROM disputed a
    JOIN disputed b
        ON b.group_entity_id = a.group_entity_id
        AND b.member_entity_id = a.member_entity_id
        AND b.origin_article_id > a.origin_article_id
),
pairs AS (
    SELECT
        group_entity_id,
        member_entity_id,
        bool_or(NOT agree AND other_time IS NOT true)
            AND NOT bool_or(agree AND other_time IS NOT true) AS conflict,
        list(DISTINCT CASE
            WHEN NOT agree AND other_time THEN 'time' WHEN agree AND differ THEN 'status'
        END) AS differ_by
    FROM compared
    GROUP BY group_entity_id, member_entity_id, origin_a, origin_b
),
differences AS (
    SELECT
        group_entity_id,
        member_entity_id,
        bool_or(conflict) AS conflict,
        list_sort(list_distinct(flatten(list(differ_by)))) AS differ_by
    FROM pairs
    GROUP BY group_entity_id, member_entity_id
),
verdicts AS (
    SELECT
        group_entity_id,
        member_entity_id,
        CASE
            WHEN count(DISTINCT origin_article_id) = 1 THEN 'single'
            WHEN any_value(d.conflict) THEN 'conflicting'
            WHEN len(any_value(d.differ_by)) > 0 THEN 'compatible'
            ELSE 'agreed'
        END AS verdict,
        coalesce(any_value(d.differ_by), []) AS differ_by
    FROM statements
    LEFT JOIN differences d USING (group_entity_id, member_entity_id)
    GROUP BY group_entity_id, member_entity_id
)
SELECT
    s.group_entity_id,
    g.name AS group_name,
    s.member_entity_id,
    m.name AS member_name,
    s.status,
    count(DISTINCT s.article_id) AS articles,
    count(DISTINCT s.origin_article_id) AS origins,
    list_sort(list(DISTINCT {
        'article_id': s.article_id, 'start': s.start, 'end': s."end", 'text': s.text
    })) AS evidence,
    v.verdict,
    v.differ_by,
    list_sort(list(DISTINCT {
        'article_id': s.article_id, 'origin_article_id': s.origin_article_id,
        'start': s.start, 'end': s."end", 'text': s.text, 'language': s.language,
        'sentence': s.sentence, 'sentence_en': s.sentence_en,
        'as_of_from': s.as_of_from, 'as_of_to': s.as_of_to
    })) AS tellings
FROM statements s
JOIN verdicts v USING (group_entity_id, member_entity_id)
JOIN core_entities g ON g.entity_id = s.group_entity_id
JOIN core_entities m ON m.entity_id = s.member_entity_id
GROUP BY
    s.group_entity_id, g.name, s.member_entity_id, m.name, s.status, v.verdict, v.differ_by
ORDER BY s.group_entity_id, s.member_entity_id, s.status
