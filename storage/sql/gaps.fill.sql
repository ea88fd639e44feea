-- Says that a rollup misses nothing of a day of a site.
DELETE FROM rollup_gaps WHERE site = %(site)s AND day = %(day)s
