-- Gives the hours that a batch touched a new version.
INSERT INTO marks (site, hour, partition, version)
SELECT site, hour, %(partition)s, nextval('mark_versions') FROM unnest(%(sites)s::integer[], %(hours)s::timestamptz[]) AS m (site, hour)
ON CONFLICT (site, hour, partition) DO UPDATE SET version = excluded.version
