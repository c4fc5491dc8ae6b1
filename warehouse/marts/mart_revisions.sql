-- Grain: one article × the text that its address showed before.
WITH
changes AS (
    SELECT article_id, published_from AS changed_at
    FROM core_metadata
    WHERE field = 'modified' AND chosen
),
-- An archive is read at once: what its pages say of their time tells which was first.
at_addresses AS (
    SELECT
        a.article_id,
        a.address,
        a.body_hash,
        lag(a.article_id) OVER seen AS previous_article_id,
        lag(a.body_hash) OVER seen AS previous_hash
    FROM core_articles a
    JOIN core_fingerprints f USING (article_id)
    LEFT JOIN changes c USING (article_id)
    WHERE f.address IS NOT NULL
    WINDOW seen AS (
        PARTITION BY f.address
        ORDER BY a.first_seen_at, coalesce(c.changed_at, a.published_from), a.article_id
    )
),
revisions AS (
    SELECT article_id, previous_article_id, address
    FROM at_addresses
    WHERE body_hash <> previous_hash
),
sentences AS (
    SELECT
        article_id,
        text_hash,
        start,
        {'article_id': article_id, 'start': start, 'end': "end", 'text': text} AS passage
    FROM core_segments
    WHERE kind IN ('title', 'heading', 'sentence', 'list_item')
),
added AS (
    SELECT r.article_id, list(s.passage ORDER BY s.start) AS passages
    FROM revisions r
    JOIN sentences s ON s.article_id = r.article_id
    ANTI JOIN sentences p ON p.article_id = r.previous_article_id AND p.text_hash = s.text_hash
    GROUP BY r.article_id
),
removed AS (
    SELECT r.article_id, list(p.passage ORDER BY p.start) AS passages
    FROM revisions r
    JOIN sentences p ON p.article_id = r.previous_article_id
    ANTI JOIN sentences s ON s.article_id = r.article_id AND s.text_hash = p.text_hash
    GROUP BY r.article_id
)
SELECT
    r.article_id,
    r.previous_article_id,
    r.address,
    a.passages AS added,
    d.passages AS removed
FROM revisions r
LEFT JOIN added a USING (article_id)
LEFT JOIN removed d USING (article_id)
ORDER BY r.article_id
