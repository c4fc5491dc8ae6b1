-- Grain: one dated happening: story × days × sentence of an origin.
WITH
passages AS (
    SELECT
        a.story_id,
        a.origin_article_id,
        s.article_id,
        s.segment_id,
        s.ordinal,
        s.start,
        s."end",
        s.text,
        s.text_en,
        h.date_from,
        h.date_to,
        min(h.precision) AS precision,
        min_by(h.inferred_from, d.start) AS inferred_from
    FROM core_happenings h
    JOIN core_dates d USING (date_id, article_id)
    JOIN mart_segments s USING (segment_id, article_id)
    JOIN core_story_articles a ON a.article_id = s.article_id
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
happenings AS (
    SELECT
        story_id,
        origin_article_id,
        date_from,
        date_to,
        occurrence,
        first(segment_id ORDER BY is_copy, article_id) AS told_in,
        first(precision ORDER BY is_copy, article_id) AS precision,
        first(inferred_from ORDER BY inferred_from IS NULL, is_copy, article_id) AS inferred_from,
        first(text_en ORDER BY text_en IS NULL, is_copy, article_id) AS text_en,
        list(segment_id) AS segment_ids,
        list(
            {'article_id': article_id, 'start': start, 'end': "end", 'text': text}
            ORDER BY article_id, start
        ) AS evidence
    FROM counted
    GROUP BY story_id, origin_article_id, date_from, date_to, occurrence
),
identified AS (
    SELECT
        *,
        'hap_' || left(
            sha256(concat(
                story_id, chr(0), date_from, chr(0), date_to, chr(0), told_in, chr(0)
            )),
            16
        ) AS happening_id
    FROM happenings
),
named AS (
    SELECT h.happening_id, list(DISTINCT e.name ORDER BY e.name) AS entities
    FROM (SELECT happening_id, unnest(segment_ids) AS segment_id FROM identified) h
    JOIN core_mentions m USING (segment_id)
    JOIN core_links l USING (mention_id)
    JOIN core_entities e USING (entity_id)
    GROUP BY h.happening_id
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
    h.inferred_from
FROM identified h
LEFT JOIN named n USING (happening_id)
ORDER BY h.date_from, h.date_to, h.happening_id
