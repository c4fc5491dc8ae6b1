-- Grain: one entity, story or statement that was known and is no longer the same.
SELECT event_id, kind, event, from_id, to_id, members, resolved_at
FROM core_resolution_events
ORDER BY resolved_at, event_id
