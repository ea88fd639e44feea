-- Says that the current files of a site's day or month are current no longer.
UPDATE archive_files SET replaced_at = %(at)s
WHERE site = %(site)s AND begins = %(begins)s AND ends = %(ends)s AND replaced_at IS NULL
