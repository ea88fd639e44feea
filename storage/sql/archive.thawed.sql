-- Days of a site, from one to before another, whose rows were put back.
SELECT day::timestamp AT TIME ZONE 'UTC' FROM archive_thawed
WHERE site = %(site)s AND day >= %(begin)s AND day < %(end)s
