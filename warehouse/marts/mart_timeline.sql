-- Grain: one dated happening: story × days × what the sentences about them name or quote.
WITH RECURSIVE
passages AS (
    SELECT
        a.story_id,
        a.origin_article_id,
        a.published_from,
        s.article_id,
        s.segment_id,
        s.ordinal,
        s.start,
        s."end",
        s.text,
        s.text_en,
        s.language,
        h.date_from,
        h.date_to,
        min(h.precision) AS precision,
        min_by(d.text, d.start) AS expression,
        min_by(h.counted_from, d.start) AS counted_from,
        min_by(h.inferred_from, d.start) AS inferred_from
    FROM core_happenings h
    JOIN core_dates d USING (date_id, article_id)
    JOIN mart_segments s USING (segment_id, article_id)
    JOIN mart_articles a ON a.article_id = s.article_id
    WHERE s.content
    GROUP BY ALL
),
-- Copies and translations keep the order of their origin: its n-th sentence about these days and
-- theirs tell the same happening.
counted AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY article_id, date_from, date_to ORDER BY ordinal)
            AS occurrence,
        article_id <> origin_article_id AS is_copy
    FROM passages
),
of_origins AS (
    SELECT
        story_id,
        origin_article_id,
        date_from,
        date_to,
        first(segment_id ORDER BY is_copy, article_id) AS told_in,
        first(precision ORDER BY is_copy, article_id) AS precision,
        min(published_from) AS published_from,
        list(segment_id) AS segment_ids
    FROM counted
    GROUP BY story_id, origin_article_id, date_from, date_to, occurrence
),
-- The first who told it comes first.
ranked AS (
    SELECT
        *,
        'hap_' || left(
            sha256(concat(
                story_id, chr(0), date_from, chr(0), date_to, chr(0), told_in, chr(0)
            )),
            16
        ) AS telling_id,
        row_number() OVER (
            PARTITION BY story_id, date_from, date_to
            ORDER BY published_from NULLS LAST, origin_article_id, told_in
        ) AS rank
    FROM of_origins
),
told_segments AS (
    SELECT telling_id, unnest(segment_ids) AS segment_id FROM ranked
),
names AS (
    SELECT DISTINCT telling_id, l.entity_id AS feature
    FROM told_segments
    JOIN core_mentions m USING (segment_id)
    JOIN core_links l USING (mention_id)
),
quoted AS (
    SELECT DISTINCT telling_id, s.statement_id AS feature
    FROM told_segments
    JOIN core_quotes q USING (segment_id)
    JOIN core_statements s USING (quote_id)
),
features AS (
    SELECT r.*, n.feature, false AS is_quoted, count(*) OVER (PARTITION BY r.telling_id) AS names
    FROM ranked r JOIN names n USING (telling_id)
    UNION ALL
    SELECT r.*, q.feature, true, NULL FROM ranked r JOIN quoted q USING (telling_id)
),
-- Two origins that tell one story tell one happening of the same days if they quote the same
-- statement, or if half of what the one names the other names too. One name in common is enough
-- only where neither names more than one other; and of a month or a year, where more is told than
-- one thing, only where neither names any other.
alike AS (
    SELECT
        later.telling_id AS later,
        later.origin_article_id AS later_origin,
        earlier.telling_id AS earlier,
        earlier.origin_article_id AS earlier_origin,
        earlier.rank,
        bool_or(later.is_quoted) AS quotes_the_same,
        count(*) FILTER (NOT later.is_quoted) AS names_in_common
    FROM features later
    JOIN features earlier
        ON earlier.story_id = later.story_id
        AND earlier.date_from = later.date_from
        AND earlier.date_to = later.date_to
        AND earlier.feature = later.feature
        AND earlier.rank < later.rank
        AND earlier.origin_article_id <> later.origin_article_id
    GROUP BY ALL
    HAVING quotes_the_same
        OR names_in_common >= 2 AND names_in_common * 2 >= min(least(later.names, earlier.names))
        OR names_in_common = 1 AND max(greatest(later.names, earlier.names)) <= CASE
            WHEN min(later.precision) = 'day' THEN 2 ELSE 1
        END
),
-- Of several sentences of an origin, the one that is most alike, and the other way round.
best AS (
    FROM alike
    QUALIFY row_number() OVER (
        PARTITION BY later, earlier_origin
        ORDER BY quotes_the_same DESC, names_in_common DESC, earlier
    ) = 1 AND row_number() OVER (
        PARTITION BY earlier, later_origin
        ORDER BY quotes_the_same DESC, names_in_common DESC, later
    ) = 1
),
told_before AS (
    SELECT later, first(earlier ORDER BY rank) AS earlier FROM best GROUP BY later
),
members AS (
    SELECT telling_id AS happening_id, telling_id
    FROM ranked
    WHERE telling_id NOT IN (SELECT later FROM told_before)
    UNION ALL
    SELECT m.happening_id, b.later
    FROM members m JOIN told_before b ON b.earlier = m.telling_id
),
tellings AS (
    SELECT c.*, m.happening_id
    FROM members m
    JOIN told_segments t USING (telling_id)
    JOIN ranked r USING (telling_id)
    JOIN counted c
        ON c.segment_id = t.segment_id AND c.date_from = r.date_from AND c.date_to = r.date_to
),
happenings AS (
    SELECT
        happening_id,
        date_from,
        date_to,
        story_id,
        first(precision ORDER BY published_from NULLS LAST, is_copy, article_id, start)
            AS precision,
        first(text_en ORDER BY
            text_en IS NULL, published_from NULLS LAST, is_copy, article_id, start) AS text_en,
        first(inferred_from ORDER BY inferred_from IS NULL, is_copy, article_id, start)
            AS inferred_from,
        list(
            {'article_id': article_id, 'start': start, 'end': "end", 'text': text}
            ORDER BY article_id, start
        ) AS evidence,
        count(DISTINCT article_id) AS articles,
        count(DISTINCT origin_article_id) AS origins,
        list(
            {
                'article_id': article_id, 'origin_article_id': origin_article_id,
                'start': start, 'end': "end", 'text': text, 'language': language,
                'text_en': text_en, 'expression': expression, 'counted_from': counted_from
            }
            ORDER BY article_id, start
        ) AS tellings
    FROM tellings
    GROUP BY happening_id, date_from, date_to, story_id
),
named AS (
    SELECT m.happening_id, list(DISTINCT e.name ORDER BY e.name) AS entities
    FROM members m
    JOIN names n USING (telling_id)
    JOIN core_entities e ON e.entity_id = n.feature
    GROUP BY m.happening_id
)
SELECT
    h.happening_id,
    h.date_from,
    h.date_to,
    h.precision,
    h.story_id,
    h.text_en,
    coalesce(n.entities, []) AS entities,
    h.evidence,
    h.inferred_from,
    h.articles,
    h.origins,
    h.tellings
FROM happenings h
LEFT JOIN named n USING (happening_id)
ORDER BY h.date_from, h.date_to, h.happening_id
