-- The days of a site, from one to before another, that rollups which were added later miss.
SELECT day::timestamp AT TIME ZONE 'UTC' FROM rollup_gaps
WHERE site = %(site)s AND day >= %(start)s AND day < %(end)s AND NOT only_zone
