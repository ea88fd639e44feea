-- Makes the position of a new partition; it begins with the greatest ts of the store, so no visitor-day there is taken for new.
INSERT INTO positions (log, partition, next, greatest_ts, applied_to)
SELECT %(log)s, %(partition)s, %(next)s, coalesce(max(newest.ts), 'epoch'), 'epoch'
FROM (
    SELECT (SELECT e.ts FROM events e WHERE e.site = s.id ORDER BY e.ts DESC LIMIT 1) AS ts FROM sites s
    UNION ALL
    SELECT p.greatest_ts FROM positions p
) AS newest
ON CONFLICT (log, partition) DO NOTHING
