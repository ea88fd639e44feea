-- Removes what is left of a site.
DELETE FROM {table} WHERE site = %(site)s
