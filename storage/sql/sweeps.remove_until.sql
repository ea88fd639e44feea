-- Removes the first rows of a site.
DELETE FROM {table} WHERE site = %(site)s AND ({columns}) <= ({bound})
