-- Adds to what was dropped. In one order, so that collectors that add at the same time do not lock each other out.
INSERT INTO drops (site, day, reason, count, host)
SELECT site, day, reason, sum(count), max(host)
FROM unnest(%(sites)s::integer[], %(days)s::date[], %(reasons)s::text[], %(counts)s::bigint[], %(hosts)s::text[])
    AS added (site, day, reason, count, host)
GROUP BY site, day, reason
ORDER BY site, day, reason
ON CONFLICT (site, day, reason) DO UPDATE
SET count = drops.count + excluded.count, host = coalesce(nullif(excluded.host, ''), drops.host)
