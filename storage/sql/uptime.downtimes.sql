-- Some downtimes of a site that ended after a time, or go on, the newest first.
SELECT
    id,
    error,
    (extract(epoch FROM started_at) * 1000)::bigint,
    (extract(epoch FROM ended_at) * 1000)::bigint,
    confirmed
FROM downtimes
WHERE site = %(site)s AND (ended_at IS NULL OR ended_at > %(since)s)
ORDER BY started_at DESC, id DESC
LIMIT %(limit)s OFFSET %(offset)s
