-- What the rollups say of a site's days, in sums by class.
SELECT class, {columns}
FROM roll_site
WHERE site = %(site)s AND grain = 1 AND span = ANY (%(days)s::timestamptz[])
GROUP BY class
