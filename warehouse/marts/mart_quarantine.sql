-- Grain: one landed file, or one part of it, that could not be read as it is now.
WITH
-- A file that was mended has other bytes and lands again under its path: its latest state counts.
latest AS (
    SELECT DISTINCT ON (root, path) *
    FROM raw_files
    ORDER BY root, path, landed_at DESC, modified_ns DESC, file_id
),
whole AS (
    SELECT
        file_id,
        'the whole file' AS place,
        coalesce(reason, 'no reason was recorded') AS reason,
        NULL::VARCHAR AS excerpt
    FROM latest
    WHERE status = 'quarantined'
),
parts AS (
    SELECT r.file_id, r.place, r.reason, r.excerpt
    FROM raw_rejects r
    JOIN latest USING (file_id)
    WHERE latest.status <> 'quarantined'
)
SELECT
    file_id,
    path AS source_path,
    place,
    size,
    q.reason,
    excerpt,
    landed_at
FROM (FROM whole UNION ALL FROM parts) q
JOIN latest USING (file_id)
ORDER BY source_path, place
