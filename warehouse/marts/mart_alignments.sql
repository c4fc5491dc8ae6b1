-- Grain: one name, figure or quotation of a translated segment that its translation has.
WITH
translated AS (
    SELECT segment_id, article_id, text_en
    FROM mart_segments
    WHERE content AND origin IN ('memory', 'machine')
),
names AS (
    SELECT article_id, segment_id, start, "end", surface AS text, surface AS rendering,
        'same' AS how
    FROM core_mentions
    UNION
    SELECT m.article_id, m.segment_id, m.start, m."end", m.surface, n.name, 'name'
    FROM core_mentions m
    JOIN core_links l USING (mention_id, article_id)
    JOIN core_entity_names n USING (entity_id)
    WHERE n.name <> m.surface
),
quantities AS (
    SELECT *, regexp_extract_all(text, '\d+(?:[.,''’\p{Zs}]\d+)*') AS numbers
    FROM core_quantities
),
-- Each language parts thousands and fractions in its own way.
figures AS (
    SELECT article_id, segment_id, start, "end", text,
        unnest(list_distinct([
            numbers[1],
            translate(numbers[1], '.,', ',.'),
            regexp_replace(numbers[1], '[''’\p{Zs}]', ',', 'g'),
            regexp_replace(numbers[1], '\D', '', 'g')
        ])) AS rendering,
        'figure' AS how
    FROM quantities
    WHERE len(numbers) = 1
),
quotations AS (
    SELECT q.article_id, q.segment_id, q.start, q."end", q.text, s.text_en AS rendering,
        'quotation' AS how
    FROM core_quotes q
    JOIN core_statements s USING (quote_id, article_id)
    WHERE s.text_en <> ''
),
split AS (
    SELECT r.*, string_split(t.text_en, r.rendering) AS parts
    FROM (FROM names UNION ALL FROM figures UNION ALL FROM quotations) r
    JOIN translated t USING (segment_id, article_id)
    WHERE contains(t.text_en, r.rendering)
),
-- Where a rendering stands as a word, or a number, of its own.
occurrences AS (
    SELECT * EXCLUDE (parts, nth_part),
        (list_sum(list_transform(parts[:nth_part], lambda part: length(part)))
            + (nth_part - 1) * length(rendering))::BIGINT AS start_en
    FROM (SELECT *, unnest(range(1, len(parts))) AS nth_part FROM split)
    WHERE NOT regexp_matches(parts[nth_part], '[\pL\pN]$')
        AND NOT regexp_matches(parts[nth_part + 1], '^[\pL\pN]')
        AND NOT (how = 'figure' AND (regexp_matches(parts[nth_part], '\d[.,]$')
            OR regexp_matches(parts[nth_part + 1], '^[.,]\d')))
),
-- A span goes by one rendering: itself if it is there, else the longest.
chosen AS (
    SELECT article_id, segment_id, start, "end",
        arg_max(
            {'rendering': rendering, 'how': how}, (how = 'same', length(rendering), rendering, how)
        ) AS choice
    FROM occurrences
    GROUP BY ALL
),
numbered AS (
    SELECT o.*,
        dense_rank() OVER (alike ORDER BY o.start, o."end") AS nth,
        dense_rank() OVER (alike ORDER BY start_en) AS nth_en
    FROM occurrences o
    JOIN chosen c USING (article_id, segment_id, start, "end")
    WHERE c.choice = {'rendering': o.rendering, 'how': o.how}
    WINDOW alike AS (PARTITION BY o.segment_id, o.rendering)
)
-- Several spans of one rendering are told apart by their order, if there are as many of each.
SELECT
    article_id,
    segment_id,
    start,
    "end",
    text,
    start_en,
    start_en + length(rendering) AS end_en,
    rendering AS text_en,
    how
FROM numbered
WINDOW same_rendering AS (PARTITION BY segment_id, rendering)
QUALIFY nth = nth_en
    AND max(nth) OVER same_rendering = max(nth_en) OVER same_rendering
ORDER BY article_id, start, "end"
