-- Deleted sites that have to be swept again, now or later: how often it was done, and when they were deleted.
SELECT id, swept, (extract(epoch FROM deleted_at) * 1000)::bigint
FROM sites
WHERE deleted_at IS NOT NULL AND swept < %(sweeps)s
ORDER BY deleted_at, id
