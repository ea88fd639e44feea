-- The current files of living sites that ended before an instant and are not final, the oldest first.
SELECT
    archive_files.site, kind, begins, ends, version, rows, bytes, sha256, sums, final, verified_at, written_at
FROM archive_files
JOIN sites ON sites.id = archive_files.site AND sites.deleted_at IS NULL
WHERE replaced_at IS NULL AND NOT final AND ends <= (%(before)s AT TIME ZONE 'UTC')
ORDER BY begins, archive_files.site, kind
