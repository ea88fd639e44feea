-- The oldest hour of a site that a rollup table has, null if it has none.
SELECT min(found.span)
FROM unnest(%(numbers)s::smallint[]) AS kept (number)
CROSS JOIN LATERAL (
    SELECT span FROM {table} WHERE site = %(site)s AND {number} = kept.number AND grain = 0 ORDER BY span LIMIT 1
) AS found
