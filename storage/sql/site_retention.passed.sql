-- Sites that moved before an instant and have something still of days that are gone, with these days.
SELECT site, files_from::timestamp AT TIME ZONE 'UTC', rollups_from::timestamp AT TIME ZONE 'UTC'
FROM site_retention
WHERE moved_at <= %(before)s
    AND (
        EXISTS (
            SELECT FROM archive_files
            WHERE archive_files.site = site_retention.site AND replaced_at IS NULL AND ends <= site_retention.files_from
        )
        OR EXISTS (
            SELECT FROM roll_site
            WHERE roll_site.site = site_retention.site AND grain IN (0, 1, 2)
                AND span < site_retention.rollups_from::timestamp AT TIME ZONE 'UTC'
        )
    )
ORDER BY site
