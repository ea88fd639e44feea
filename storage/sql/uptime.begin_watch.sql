-- Somebody looks at a site again, or for the first time; what is too old for any percentage is forgotten.
WITH forgotten AS (DELETE FROM watched_spans WHERE site = %(site)s AND ends_at < %(since)s)

INSERT INTO watched_spans (site, begins_at, ends_at) VALUES (%(site)s, %(now)s, %(now)s)
ON CONFLICT DO NOTHING
