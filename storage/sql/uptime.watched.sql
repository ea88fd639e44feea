-- When somebody looked at a site since some time.
SELECT (extract(epoch FROM begins_at) * 1000)::bigint, (extract(epoch FROM ends_at) * 1000)::bigint
FROM watched_spans
WHERE site = %(site)s AND ends_at > %(since)s
