-- Grain: one landed file that could not be read as it is now.
WITH
-- A file that was mended has other bytes and lands again under its path: its latest state counts.
latest AS (
    SELECT DISTINCT ON (root, path) *
    FROM raw_files
    ORDER BY root, path, landed_at DESC, modified_ns DESC, file_id
)
SELECT
    file_id,
    path AS source_path,
    size,
    coalesce(reason, 'no reason was recorded') AS reason,
    landed_at
FROM latest
WHERE status = 'quarantined'
ORDER BY source_path
