-- Says that a day of a site is in files only, again.
DELETE FROM archive_thawed WHERE site = %(site)s AND day = %(day)s
