-- Grain: one article.
WITH
language_shares AS (
    SELECT
        article_id,
        language,
        sum(length(text)) AS characters,
        sum(confidence * length(text)) / sum(length(text)) AS confidence
    FROM core_segments JOIN core_languages USING (segment_id, article_id)
    WHERE kind IN ('title', 'heading', 'sentence', 'list_item')
    GROUP BY article_id, language
),
main_languages AS (
    SELECT DISTINCT ON (article_id) article_id, language, confidence
    FROM language_shares
    ORDER BY article_id, language = 'und', characters DESC, language
),
gaps AS (
    SELECT
        article_id,
        ordinal,
        lag("end", 1, 0) OVER (PARTITION BY article_id ORDER BY ordinal) AS gap_start,
        start AS gap_end,
        "end",
        coalesce(text_en, text) AS text_en
    FROM mart_segments
),
bodies_en AS (
    SELECT
        article_id,
        string_agg(
            substring(body, gap_start + 1, greatest(gap_end - gap_start, 0)) || text_en, ''
            ORDER BY ordinal
        ) || any_value(substring(body, last_end + 1)) AS body_en
    FROM gaps
    JOIN core_articles USING (article_id)
    JOIN (SELECT article_id, max("end") AS last_end FROM gaps GROUP BY article_id)
        USING (article_id)
    GROUP BY article_id
),
translated AS (
    SELECT
        article_id,
        count(*) AS segments,
        count(*) FILTER (kind IN ('title', 'heading', 'sentence', 'list_item'))
            AS content_segments,
        count(text_en) AS segments_translated,
        list(DISTINCT engine ORDER BY engine)
            FILTER (origin NOT IN ('identity', 'untranslated')) AS engines,
        min_by(text_en, ordinal) FILTER (kind = 'title') AS title_en
    FROM mart_segments
    GROUP BY article_id
),
counted_days AS (
    SELECT
        h.article_id,
        d.start,
        h.date_from,
        h.inferred_from,
        split_part(d.offset_from_anchor, ':', 1) AS unit,
        TRY_CAST(split_part(d.offset_from_anchor, ':', 2) AS INTEGER) AS amount
    FROM core_happenings h JOIN core_dates d USING (date_id, article_id)
    WHERE h.inferred_from IS NOT NULL AND d.kind = 'relative'
),
-- Who writes "Tuesday" without a date writes within the week that begins that day; who writes
-- "yesterday" writes the day after it. Several such words must hold at once.
inferred_publications AS (
    SELECT
        article_id,
        max(CASE unit WHEN 'weekday' THEN date_from ELSE date_from - amount END) AS day_from,
        min(CASE unit WHEN 'weekday' THEN date_from + 6 ELSE date_from - amount END) AS day_to,
        min_by(inferred_from, start) AS inferred_from
    FROM counted_days
    WHERE unit IN ('weekday', 'day') AND amount IS NOT NULL
    GROUP BY article_id
    HAVING day_from <= day_to
),
guessed_publications AS (
    SELECT article_id, replace(source, '_', ' ') AS inferred_from
    FROM core_metadata
    WHERE field = 'published' AND chosen AND origin IN ('inferred', 'file_name')
),
publications AS (
    SELECT
        a.article_id,
        coalesce(a.published_from, i.day_from::TIMESTAMP) AS published_from,
        coalesce(a.published_to, i.day_to::TIMESTAMP) AS published_to,
        coalesce(g.inferred_from, i.inferred_from) AS published_inferred_from
    FROM core_articles a
    LEFT JOIN guessed_publications g USING (article_id)
    LEFT JOIN inferred_publications i
        ON i.article_id = a.article_id AND a.published_precision = 'unknown'
),
conflicts AS (
    SELECT article_id, list(DISTINCT field ORDER BY field) AS fields
    FROM core_metadata
    WHERE conflicting
    GROUP BY article_id
)
SELECT
    a.article_id,
    m.story_id,
    a.outlet,
    a.author,
    a.address,
    a.title,
    -- A declared headline that is not in the body has no segment, hence no translation.
    coalesce(t.title_en, CASE WHEN l.language = getvariable('target') THEN a.title END) AS title_en,
    coalesce(l.language, 'und') AS language,
    coalesce(l.confidence, 0) AS language_confidence,
    p.published_from,
    p.published_to,
    a.published_precision,
    a.published_zone,
    a.published_source,
    p.published_inferred_from,
    coalesce(c.fields, []) AS conflicts,
    a.body,
    coalesce(b.body_en, a.body) AS body_en,
    coalesce(t.engines, []) AS translation_engines,
    coalesce(t.segments, 0) AS segments,
    coalesce(t.content_segments, 0) AS content_segments,
    coalesce(t.segments_translated, 0) AS segments_translated,
    m.origin_article_id,
    m.copy_kind,
    r.previous_article_id AS revision_of,
    a.source_path,
    a.place,
    a.first_seen_at
FROM core_articles a
JOIN core_story_articles m USING (article_id)
JOIN publications p USING (article_id)
LEFT JOIN mart_revisions r USING (article_id)
LEFT JOIN conflicts c USING (article_id)
LEFT JOIN main_languages l USING (article_id)
LEFT JOIN bodies_en b USING (article_id)
LEFT JOIN translated t USING (article_id)
ORDER BY a.article_id
