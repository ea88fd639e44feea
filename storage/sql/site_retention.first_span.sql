-- The first day or hour of a site with sums.
SELECT min(span) FROM roll_site WHERE site = %(site)s AND grain IN (0, 1, 2)
