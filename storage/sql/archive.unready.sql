-- The living sites with rows of a day that are not all in final, verified files of theirs, or with a mark on it.
SELECT sites.id
FROM sites
WHERE sites.deleted_at IS NULL
    AND (
        EXISTS (SELECT FROM marks WHERE site = sites.id AND hour >= %(begin)s AND hour < %(end)s)
        OR (
            (
                EXISTS (SELECT FROM events WHERE site = sites.id AND ts >= %(begin)s AND ts < %(end)s)
                OR EXISTS (SELECT FROM sessions WHERE site = sites.id AND start >= %(begin)s AND start < %(end)s)
            )
            AND NOT coalesce(
                (
                    SELECT bool_and(final AND verified_at IS NOT NULL)
                    FROM archive_files
                    WHERE site = sites.id AND replaced_at IS NULL AND begins <= %(day)s AND ends > %(day)s
                ),
                false
            )
        )
    )
ORDER BY sites.id
