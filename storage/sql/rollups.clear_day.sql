-- Removes a site's hours and its day from a rollup table.
DELETE FROM {table}
WHERE site = %(site)s
    AND ((grain = 0 AND span >= %(day)s AND span < %(end)s) OR (grain = 1 AND span = %(day)s))
