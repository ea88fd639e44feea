-- Removes hours of a site and the day they are of from a rollup table.
DELETE FROM {table}
WHERE site = %(site)s
    AND ((grain = 0 AND span = ANY(%(hours)s)) OR (grain = 1 AND span = %(day)s))
    AND span >= %(day)s AND span < %(end)s
