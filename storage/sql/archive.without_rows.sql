-- Those of some days of sites that are in files only.
SELECT given.site, given.day::timestamp AT TIME ZONE 'UTC'
FROM unnest(%(sites)s::integer[], %(days)s::date[]) AS given (site, day)
JOIN archive_retention ON given.day < archive_retention.rows_from
WHERE NOT EXISTS (
    SELECT FROM archive_thawed WHERE archive_thawed.site = given.site AND archive_thawed.day = given.day
)
