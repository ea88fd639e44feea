-- Dead rows and chunks of these tables, as far as they are there; those of a chunk count for its hypertable.
WITH RECURSIVE parts (root, part) AS (
    SELECT to_regclass(name)::oid, to_regclass(name)::oid
    FROM unnest(%(tables)s::text[]) AS given (name)
    WHERE to_regclass(name) IS NOT NULL
    UNION ALL
    SELECT parts.root, pg_inherits.inhrelid
    FROM parts
    JOIN pg_inherits ON pg_inherits.inhparent = parts.part
)
SELECT parts.root::regclass::text, coalesce(sum(stats.n_dead_tup), 0)::bigint, count(*) - 1
FROM parts
LEFT JOIN pg_stat_all_tables AS stats ON stats.relid = parts.part
GROUP BY parts.root
