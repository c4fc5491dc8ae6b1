-- Grain: subject × property × unit.
WITH
figures AS (
    SELECT
        -- The same digest as every other id's: 16 digits, each part closed by a NUL.
        'claim_' || left(
            sha256(concat(
                l.entity_id, chr(0), q.property, chr(0), coalesce(q.unit, q.currency), chr(0)
            )),
            16
        ) AS claim_id,
        l.entity_id AS subject_entity_id,
        q.property,
        -- What is counted in money has its currency as unit.
        coalesce(q.unit, q.currency) AS unit,
        q.relation,
        q.value,
        q.value_to,
        q.article_id,
        a.origin_article_id,
        {'article_id': q.article_id, 'start': q.start, 'end': q."end", 'text': q.text} AS passage
    FROM core_quantities q
    JOIN core_links l ON l.mention_id = q.subject_mention_id
    JOIN core_story_articles a ON a.article_id = q.article_id
    WHERE q.property IS NOT NULL AND coalesce(q.unit, q.currency) IS NOT NULL
),
-- A range is two accounts: at least its lower end, at most its upper.
account_statements AS (
    SELECT claim_id, relation, value, article_id, origin_article_id
    FROM figures WHERE relation <> 'range'
    UNION ALL
    SELECT claim_id, '>=', value, article_id, origin_article_id
    FROM figures WHERE relation = 'range'
    UNION ALL
    SELECT claim_id, '<=', value_to, article_id, origin_article_id
    FROM figures WHERE relation = 'range' AND value_to IS NOT NULL
),
accounts AS (
    SELECT
        claim_id, relation, value,
        count(DISTINCT origin_article_id) AS origins,
        count(DISTINCT article_id) AS articles
    FROM account_statements
    GROUP BY claim_id, relation, value
),
account_lists AS (
    SELECT
        claim_id,
        list(
            {'relation': relation, 'value': value, 'origins': origins, 'articles': articles}
            ORDER BY value, relation
        ) AS accounts
    FROM accounts
    GROUP BY claim_id
),
origin_accounts AS (
    SELECT
        claim_id, origin_article_id,
        list(DISTINCT {'relation': relation, 'value': value}
            ORDER BY {'relation': relation, 'value': value}) AS told
    FROM account_statements
    GROUP BY claim_id, origin_article_id
),
claim_origins AS (
    SELECT
        claim_id,
        count(*) AS origins,
        count(DISTINCT told) AS different_tellings
    FROM origin_accounts
    GROUP BY claim_id
),
-- "About 50" is said of what rounds to it by a tenth: newsrooms round to one or two digits, and
-- 10 % is half a step of the first of them at 5.
intervals AS (
    SELECT DISTINCT
        claim_id,
        origin_article_id,
        relation,
        CASE relation WHEN '~' THEN value - abs(value) / 10 ELSE value END AS lower_end,
        CASE relation WHEN '~' THEN value + abs(value) / 10 ELSE value END AS upper_end
    FROM account_statements
    WHERE claim_id IN (
        FROM claim_origins SELECT claim_id WHERE origins > 1 AND different_tellings > 1
    )
),
-- Whether some value satisfies all accounts is decided at the ends of their intervals, halfway
-- between neighbouring ends, and beyond the outermost: elsewhere nothing changes.
ends AS (
    SELECT claim_id, lower_end AS point FROM intervals
    UNION
    SELECT claim_id, upper_end FROM intervals
),
candidates AS (
    SELECT claim_id, point FROM ends
    UNION
    SELECT
        claim_id,
        (point + lead(point, 1, point + 2) OVER (PARTITION BY claim_id ORDER BY point)) / 2
    FROM ends
    UNION
    SELECT claim_id, min(point) - 1 FROM ends GROUP BY claim_id
),
trials AS (
    SELECT
        claim_id,
        origin_article_id,
        point,
        bool_and(holds) AS all_hold,
        bool_or(holds) AS some_hold
    FROM (
        SELECT
            i.claim_id,
            i.origin_article_id,
            c.point,
            CASE i.relation
                WHEN '>' THEN c.point > i.lower_end
                WHEN '>=' THEN c.point >= i.lower_end
                WHEN '<' THEN c.point < i.upper_end
                WHEN '<=' THEN c.point <= i.upper_end
                ELSE c.point BETWEEN i.lower_end AND i.upper_end
            END AS holds
        FROM intervals i JOIN candidates c USING (claim_id)
    )
    GROUP BY claim_id, origin_article_id, point
),
-- An origin that agrees with itself must have all its accounts satisfied. One that contradicts
-- itself (two figures under one name, most often) is satisfied by a value that fits any of them,
-- so that it alone never makes a conflict.
satisfied AS (
    SELECT
        claim_id,
        point,
        bool_and(CASE WHEN agrees_with_itself THEN all_hold ELSE some_hold END) AS by_all_origins
    FROM (
        SELECT
            *,
            bool_or(all_hold) OVER (PARTITION BY claim_id, origin_article_id)
                AS agrees_with_itself
        FROM trials
    )
    GROUP BY claim_id, point
),
reconcilable AS (
    SELECT DISTINCT claim_id FROM satisfied WHERE by_all_origins
),
claims AS (
    SELECT
        claim_id, subject_entity_id, property, unit,
        list_sort(list(DISTINCT passage)) AS evidence
    FROM figures
    GROUP BY claim_id, subject_entity_id, property, unit
)
SELECT
    c.claim_id,
    c.subject_entity_id,
    e.name AS subject_name,
    c.property,
    c.unit,
    a.accounts,
    CASE
        WHEN o.origins = 1 THEN 'single'
        WHEN o.different_tellings = 1 THEN 'agreed'
        WHEN r.claim_id IS NOT NULL THEN 'compatible'
        ELSE 'conflicting'
    END AS verdict,
    o.origins,
    c.evidence
FROM claims c
JOIN core_entities e ON e.entity_id = c.subject_entity_id
JOIN account_lists a USING (claim_id)
JOIN claim_origins o USING (claim_id)
LEFT JOIN reconcilable r USING (claim_id)
ORDER BY c.claim_id
