-- What of a site's rollups can be trusted from one instant to another: the marks on its hours, the days that rollups
-- which were added later miss, and its months with the last day in each and a version that is another whenever the rows
-- were written again (the transaction that did); and from which day on rows are in the tables.
SELECT 'mark', hour, hour, partition, version
FROM marks
WHERE site = %(site)s AND hour >= %(begin)s AND hour < %(end)s
UNION ALL
SELECT 'gap', day::timestamptz, day::timestamptz, 0, 0
FROM rollup_gaps
WHERE site = %(site)s AND day >= %(begin)s::date AND day < %(end)s::date AND NOT only_zone
UNION ALL
SELECT 'month', month::timestamptz, through::timestamptz, 0, xmin::text::bigint
FROM roll_months
WHERE site = %(site)s AND month >= %(begin)s::date AND month < %(end)s::date
UNION ALL
SELECT 'rows', rows_from::timestamp AT TIME ZONE 'UTC', rows_from::timestamp AT TIME ZONE 'UTC', 0, 0
FROM archive_retention
