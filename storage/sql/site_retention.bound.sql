-- The first day up to which a site's days cannot go: with a mark, with rows put back, or of files that are not final or
-- have later days too.
SELECT least(
    (SELECT min((hour AT TIME ZONE 'UTC')::date) FROM marks WHERE site = %(site)s),
    (SELECT min(day) FROM archive_thawed WHERE site = %(site)s),
    (
        SELECT min(begins) FROM archive_files
        WHERE site = %(site)s AND replaced_at IS NULL
            AND (NOT final OR (begins < %(day)s AND ends > %(day)s))
    ),
    (SELECT rows_from FROM archive_retention),
    %(day)s::date
)
WHERE EXISTS (SELECT FROM archive_retention)
