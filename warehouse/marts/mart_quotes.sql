-- Grain: one quotation in one article.
WITH
statement_origins AS (
    SELECT s.statement_id, count(DISTINCT a.origin_article_id) AS origins
    FROM core_statements s JOIN core_story_articles a USING (article_id)
    GROUP BY s.statement_id
),
speakers AS (
    SELECT l.mention_id, e.entity_id, e.name
    FROM core_links l JOIN core_entities e USING (entity_id)
)
SELECT
    q.quote_id,
    s.statement_id,
    q.article_id,
    a.story_id,
    p.entity_id AS speaker_entity_id,
    p.name AS speaker_name,
    q.speaker_role,
    q.text,
    s.text_en,
    q.language,
    q.start,
    q."end",
    q.cue,
    q.kind,
    q.confidence,
    o.origins,
    s.speaker_entity_id AS statement_speaker_entity_id
FROM core_quotes q
JOIN core_statements s USING (quote_id, article_id)
JOIN statement_origins o USING (statement_id)
JOIN core_story_articles a USING (article_id)
LEFT JOIN speakers p ON p.mention_id = q.speaker_mention_id
ORDER BY q.article_id, q.start, q.quote_id
