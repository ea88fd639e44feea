-- Says that a file is current no longer.
UPDATE archive_files SET replaced_at = %(at)s
WHERE site = %(site)s AND begins = %(begins)s AND kind = %(kind)s AND version = %(version)s AND replaced_at IS NULL
