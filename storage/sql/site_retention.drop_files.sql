-- Says that files of days that are gone are current no longer.
UPDATE archive_files SET replaced_at = %(at)s
WHERE site = %(site)s AND replaced_at IS NULL AND ends <= (%(before)s AT TIME ZONE 'UTC')::date
