-- The time zone of a site.
SELECT time_zone FROM sites WHERE id = %(site)s
