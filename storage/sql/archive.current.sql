-- The current files of a site, or of all, that are of some of the time between two instants; those of months first.
SELECT site, kind, begins, ends, version, rows, bytes, sha256, sums, final, verified_at, written_at
FROM archive_files
WHERE replaced_at IS NULL AND (%(site)s::integer IS NULL OR site = %(site)s)
    AND begins < (%(end)s AT TIME ZONE 'UTC') AND ends > (%(begin)s AT TIME ZONE 'UTC')
ORDER BY site, ends - begins DESC, begins, kind
