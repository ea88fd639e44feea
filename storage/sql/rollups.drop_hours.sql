-- Removes the hours of a site's day from a rollup table.
DELETE FROM {table}
WHERE site = %(site)s AND {number} = ANY (%(numbers)s::smallint[]) AND grain = 0
    AND span >= %(begin)s AND span < %(end)s
