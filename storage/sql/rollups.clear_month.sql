-- Removes a site's month from a rollup table.
DELETE FROM {table} WHERE site = %(site)s AND grain = 2 AND span = %(month)s
