-- Gives hours of a site a new version, in the order in which everybody locks marks.
INSERT INTO marks (site, hour, partition, version)
SELECT %(site)s, hour, %(partition)s, nextval('mark_versions')
FROM unnest(%(hours)s::timestamptz[]) AS hour
ORDER BY hour
ON CONFLICT (site, hour, partition) DO UPDATE SET version = excluded.version
