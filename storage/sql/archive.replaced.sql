-- The files that were replaced before an instant.
SELECT site, kind, begins, ends, version FROM archive_files WHERE replaced_at < %(before)s ORDER BY replaced_at
