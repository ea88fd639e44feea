-- Removes the sums of a site from one instant to before another.
DELETE FROM {table} WHERE site = %(site)s AND span >= %(begin)s AND span < %(end)s
