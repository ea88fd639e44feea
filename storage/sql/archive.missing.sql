-- Days of living sites that have rollups and no files, the oldest first.
SELECT DISTINCT roll_site.site, roll_site.span
FROM roll_site
JOIN sites ON sites.id = roll_site.site AND sites.deleted_at IS NULL
WHERE roll_site.grain = 1 AND roll_site.span < %(before)s
    AND NOT EXISTS (
        SELECT FROM site_retention
        WHERE site_retention.site = roll_site.site
            AND (roll_site.span AT TIME ZONE 'UTC')::date <= site_retention.files_from
    )
    AND NOT EXISTS (
        SELECT FROM archive_files
        WHERE archive_files.site = roll_site.site AND archive_files.replaced_at IS NULL
            AND archive_files.begins <= (roll_site.span AT TIME ZONE 'UTC')::date
            AND archive_files.ends > (roll_site.span AT TIME ZONE 'UTC')::date
    )
ORDER BY roll_site.span, roll_site.site
LIMIT %(limit)s
