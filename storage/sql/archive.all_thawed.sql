-- Days of any site whose rows were put back, of living sites.
SELECT archive_thawed.site, archive_thawed.day::timestamp AT TIME ZONE 'UTC'
FROM archive_thawed
JOIN sites ON sites.id = archive_thawed.site AND sites.deleted_at IS NULL
ORDER BY archive_thawed.day, archive_thawed.site
