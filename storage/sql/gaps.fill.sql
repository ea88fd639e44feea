-- Says that a day of a site is in all rollups.
DELETE FROM rollup_gaps WHERE site = %(site)s AND day = %(day)s
