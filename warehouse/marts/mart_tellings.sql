-- Grain: one passage that tells a fact over which accounts may differ.
WITH
facts AS (
    SELECT
        quantity_id AS fact_id, 'quantity' AS kind, article_id, segment_id, start, "end", text
    FROM core_quantities
    WHERE property IS NOT NULL AND subject_mention_id IS NOT NULL
    UNION ALL
    SELECT membership_id, 'membership', article_id, segment_id, start, "end", text
    FROM core_memberships
    UNION ALL
    SELECT role_id, 'role', article_id, segment_id, start, "end", text
    FROM core_roles
),
dated AS (
    SELECT
        c.fact_id,
        c.definition,
        h.date_from AS dated_from,
        h.date_to AS dated_to,
        h.inferred_from
    FROM core_circumstances c
    LEFT JOIN core_happenings h USING (date_id, article_id)
)
SELECT
    f.fact_id,
    f.kind,
    f.article_id,
    a.origin_article_id,
    a.story_id,
    f.start,
    f."end",
    f.text,
    s.language,
    s.text AS sentence,
    s.text_en AS sentence_en,
    coalesce(d.definition, []) AS definition,
    d.dated_from,
    d.dated_to,
    a.published_from::DATE AS published_from,
    a.published_to::DATE AS published_to,
    coalesce(d.dated_from, a.published_from::DATE) AS as_of_from,
    coalesce(d.dated_to, a.published_to::DATE) AS as_of_to,
    CASE
        WHEN d.dated_from IS NULL THEN a.published_inferred_from ELSE d.inferred_from
    END AS inferred_from
FROM facts f
LEFT JOIN dated d USING (fact_id)
JOIN mart_segments s USING (segment_id, article_id)
JOIN mart_articles a USING (article_id)
ORDER BY f.article_id, f.start, f."end", f.fact_id
