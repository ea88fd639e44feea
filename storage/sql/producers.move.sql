-- Notes the last sequence applied of each of these producers.
INSERT INTO producers (log, partition, producer, last, seen_at)
SELECT %(log)s, %(partition)s, producer, last, %(seen_at)s FROM unnest(%(producers)s::bigint[], %(lasts)s::bigint[]) AS p (producer, last)
ON CONFLICT (log, partition, producer) DO UPDATE SET last = excluded.last, seen_at = excluded.seen_at
