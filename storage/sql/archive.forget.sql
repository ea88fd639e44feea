-- Forgets a file that was replaced and removed.
DELETE FROM archive_files WHERE site = %(site)s AND version = %(version)s AND replaced_at IS NOT NULL
