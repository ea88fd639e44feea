-- The confirmed downtimes of a site since some time; one that goes on is known up to the last check.
SELECT
    (extract(epoch FROM started_at) * 1000)::bigint,
    (extract(epoch FROM coalesce(ended_at, %(until)s)) * 1000)::bigint
FROM downtimes
WHERE site = %(site)s AND confirmed AND (ended_at IS NULL OR ended_at > %(since)s)
