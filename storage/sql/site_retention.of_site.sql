-- From which day on a site has events, and sums.
SELECT files_from::timestamp AT TIME ZONE 'UTC', rollups_from::timestamp AT TIME ZONE 'UTC'
FROM site_retention WHERE site = %(site)s
