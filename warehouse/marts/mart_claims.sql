-- Grain: subject × property × unit.
WITH
quantities AS (
    SELECT
        q.quantity_id AS fact_id,
        l.entity_id AS subject_entity_id,
        q.property,
        -- "amount" of "amount: 12,000,000", where only who gives the very same number is compared.
        regexp_extract(q.property, '^(.*): [-+0-9.,e]+$', 1) AS open_property,
        -- What is counted in money has its currency as unit.
        coalesce(q.unit, q.currency) AS unit,
        q.relation,
        q.value,
        q.value_to,
        t.* EXCLUDE (fact_id, kind, inferred_from)
    FROM core_quantities q
    JOIN core_links l ON l.mention_id = q.subject_mention_id
    JOIN mart_tellings t ON t.fact_id = q.quantity_id
    WHERE q.property IS NOT NULL AND coalesce(q.unit, q.currency) IS NOT NULL
),
-- "More than 12 million" and "12.5 million", told of one subject in one story by two who are
-- independent, are one sum in two wordings: newsrooms round to one or two digits, and a tenth is
-- half a step of the first of them at 5.
rounded AS (
    SELECT
        hedged.fact_id,
        first(exact.property ORDER BY abs(exact.value - hedged.value), exact.property) AS property
    FROM quantities hedged
    JOIN quantities exact
        ON exact.subject_entity_id = hedged.subject_entity_id
        AND exact.open_property = hedged.open_property
        AND exact.unit = hedged.unit
        AND exact.story_id = hedged.story_id
        AND exact.origin_article_id <> hedged.origin_article_id
        AND exact.relation = '='
        AND abs(exact.value - hedged.value) <= abs(exact.value) / 10
        AND CASE hedged.relation
            WHEN '>' THEN exact.value > hedged.value
            WHEN '>=' THEN exact.value >= hedged.value
            WHEN '<' THEN exact.value < hedged.value
            WHEN '<=' THEN exact.value <= hedged.value
            ELSE hedged.relation = '~'
        END
    WHERE hedged.open_property <> ''
    GROUP BY hedged.fact_id
),
-- How a property goes over time: a toll belongs to an event and only grows, a situation belongs to
-- an event and goes up and down, what is fixed stays; anything else changes.
courses AS (
    SELECT cue AS property, value AS course FROM seed_cue_words WHERE kind = 'course'
),
figures AS (
    SELECT
        -- The same digest as every other id's: 16 digits, each part closed by a NUL.
        'claim_' || left(
            sha256(concat(
                subject_entity_id, chr(0), coalesce(r.property, q.property), chr(0), unit, chr(0)
            )),
            16
        ) AS claim_id,
        q.* EXCLUDE (property, as_of_from, as_of_to),
        coalesce(r.property, q.property) AS property,
        coalesce(c.course, 'open') AS course,
        coalesce(c.course IN ('toll', 'situation'), false) AS of_event,
        -- The date beside a toll is the event's; the toll is as of when it is told.
        CASE WHEN of_event THEN coalesce(q.published_from, q.dated_from) ELSE q.as_of_from END
            AS as_of_from,
        CASE WHEN of_event THEN coalesce(q.published_to, q.dated_to) ELSE q.as_of_to END
            AS as_of_to
    FROM quantities q
    LEFT JOIN rounded r USING (fact_id)
    LEFT JOIN courses c ON c.property = q.property
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
-- The values a figure allows: from a lower end to an upper one, each with whether it is left out.
-- An estimate, and each end of a range, allows half as much again and as much less: two who
-- estimate one thing, or count what another estimates, seldom agree better, and what is further
-- off is another order of size.
intervals AS (
    SELECT
        *,
        relation IN ('~', 'range') AS is_estimate,
        CASE
            WHEN relation IN ('<', '<=') THEN {'value': '-infinity'::DOUBLE, 'left_out': 0}
            WHEN is_estimate THEN {'value': value - abs(value) / 3, 'left_out': 0}
            ELSE {'value': value, 'left_out': (relation = '>')::INTEGER}
        END AS lower_end,
        CASE
            WHEN relation IN ('>', '>=') THEN {'value': 'infinity'::DOUBLE, 'kept': 1}
            WHEN relation = '~' THEN {'value': value + abs(value) / 2, 'kept': 1}
            WHEN relation = 'range' AND value_to IS NULL
                THEN {'value': 'infinity'::DOUBLE, 'kept': 1}
            WHEN relation = 'range' THEN {'value': value_to + abs(value_to) / 2, 'kept': 1}
            ELSE {'value': value, 'kept': (relation <> '<')::INTEGER}
        END AS upper_end
    FROM figures
    WHERE claim_id IN (
        FROM claim_origins SELECT claim_id WHERE origins > 1 AND different_tellings > 1
    )
),
circumstances AS (
    SELECT
        *,
        {
            'definition': definition,
            'as_of_from': as_of_from,
            'as_of_to': as_of_to,
            'event_story': if(of_event, story_id, NULL),
            'event_from': if(of_event, dated_from, NULL),
            'event_to': if(of_event, dated_to, NULL)
        } AS circumstance,
        max(lower_end) OVER same AS common_lower,
        min(upper_end) OVER same AS common_upper,
        bool_or(is_estimate) OVER same AS estimates,
        e.type = 'GPE' AS has_many_events
    FROM intervals
    JOIN core_entities e ON e.entity_id = subject_entity_id
    WINDOW same AS (PARTITION BY claim_id, origin_article_id, circumstance)
),
-- What one origin says under the same circumstances must hold at once. If it cannot (two figures
-- under one name, most often), the origin is satisfied by whatever fits any of them, so that it
-- alone never makes a conflict.
positions AS (
    SELECT DISTINCT
        claim_id,
        dense_rank() OVER (PARTITION BY claim_id ORDER BY origin_article_id) AS origin,
        course,
        has_many_events,
        circumstance,
        estimates,
        common_lower.value < common_upper.value OR (
            common_lower.value = common_upper.value
            AND common_lower.left_out = 0 AND common_upper.kept = 1
        ) AS agrees_with_itself,
        if(agrees_with_itself, common_lower, lower_end) AS lower_end,
        if(agrees_with_itself, common_upper, upper_end) AS upper_end
    FROM circumstances
),
-- Which values satisfy two positions; and if none, why they do not contradict each other. A toll is
-- another event's if the dates beside it are others; if it is told in another story of a country or
-- a town, where much happens; or if more than the 21 days of a story lie between.
compared AS (
    SELECT
        a.claim_id,
        a.origin AS origin_a,
        b.origin AS origin_b,
        a.estimates OR b.estimates AS is_estimate,
        a.lower_end = b.lower_end AND a.upper_end = b.upper_end AS same,
        greatest(a.lower_end, b.lower_end) AS lower_end,
        least(a.upper_end, b.upper_end) AS upper_end,
        CASE
            WHEN a.circumstance.event_to < b.circumstance.event_from
                OR b.circumstance.event_to < a.circumstance.event_from THEN 'event'
            WHEN a.circumstance.event_story <> b.circumstance.event_story AND (
                a.has_many_events
                OR a.circumstance.as_of_to + 21 < b.circumstance.as_of_from
                OR b.circumstance.as_of_to + 21 < a.circumstance.as_of_from) THEN 'event'
            WHEN a.circumstance.definition <> b.circumstance.definition THEN 'definition'
            WHEN a.course = 'fixed' THEN NULL
            WHEN a.circumstance.as_of_to < b.circumstance.as_of_from
                AND (a.course <> 'toll' OR a.lower_end.value <= b.lower_end.value) THEN 'time'
            WHEN b.circumstance.as_of_to < a.circumstance.as_of_from
                AND (a.course <> 'toll' OR b.lower_end.value <= a.lower_end.value) THEN 'time'
        END AS apart_by
    FROM positions a
    JOIN positions b
        ON b.claim_id = a.claim_id AND b.origin > a.origin
),
met AS (
    SELECT
        *,
        lower_end.value < upper_end.value OR (
            lower_end.value = upper_end.value
            AND lower_end.left_out = 0 AND upper_end.kept = 1
        ) AS meet
    FROM compared
),
-- Two origins contradict each other if in nothing that is of one time and definition they agree.
pairs AS (
    SELECT
        claim_id,
        bool_or(apart_by IS NULL) AND NOT bool_or(meet AND apart_by IS NULL) AS conflict
    FROM met
    GROUP BY claim_id, origin_a, origin_b
),
conflicts AS (
    SELECT DISTINCT claim_id FROM pairs WHERE conflict
),
differences AS (
    SELECT
        claim_id,
        list(DISTINCT CASE
            WHEN NOT meet THEN apart_by WHEN is_estimate THEN 'estimate' ELSE 'bound'
        END) AS reasons
    FROM met
    WHERE NOT same
    GROUP BY claim_id
),
claims AS (
    SELECT
        claim_id, subject_entity_id, property, unit,
        list_sort(list(DISTINCT {
            'article_id': article_id, 'start': start, 'end': "end", 'text': text
        })) AS evidence,
        list(
            {
                'article_id': article_id, 'origin_article_id': origin_article_id,
                'start': start, 'end': "end", 'text': text, 'language': language,
                'sentence': sentence, 'sentence_en': sentence_en,
                'as_of_from': as_of_from, 'as_of_to': as_of_to,
                'relation': relation, 'value': value, 'value_to': value_to,
                'definition': definition
            }
            ORDER BY article_id, start, "end", fact_id
        ) AS tellings
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
        WHEN x.claim_id IS NOT NULL THEN 'conflicting'
        ELSE 'compatible'
    END AS verdict,
    o.origins,
    c.evidence,
    -- What contradicts is explained by nothing.
    coalesce(list_sort(list_filter(d.reasons, lambda reason: reason IS NOT NULL)), [])
        AS differ_by,
    c.tellings
FROM claims c
JOIN core_entities e ON e.entity_id = c.subject_entity_id
JOIN account_lists a USING (claim_id)
JOIN claim_origins o USING (claim_id)
LEFT JOIN conflicts x USING (claim_id)
LEFT JOIN differences d USING (claim_id)
ORDER BY c.claim_id
