-- Removes rows of a site's day from a table.
DELETE FROM {table} WHERE site = %(site)s AND {time} >= %(begin)s AND {time} < %(end)s
