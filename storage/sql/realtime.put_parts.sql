-- Writes parts of a partition's windows; site 0 is the sign of life.
INSERT INTO realtime_parts (log, partition, site, at, part)
SELECT %(log)s, %(partition)s, site, clock_timestamp(), part
FROM unnest(%(sites)s::integer[], %(parts)s::bytea[]) AS given (site, part)
ORDER BY site
ON CONFLICT (log, partition, site) DO UPDATE SET at = excluded.at, part = excluded.part
