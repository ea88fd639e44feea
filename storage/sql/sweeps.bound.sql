-- Where the first rows of a site end.
SELECT {columns} FROM {table} WHERE site = %(site)s ORDER BY {columns} OFFSET %(rows)s - 1 LIMIT 1
