-- The marks on a site's hours from one instant to another.
SELECT hour, partition, version
FROM marks
WHERE site = %(site)s AND hour >= %(start)s AND hour < %(end)s
