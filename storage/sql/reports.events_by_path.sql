-- How often each custom event happened on each path of a site from one instant to another, from its rows.
SELECT name, path, count(*)
FROM events
WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND class = ANY (%(classes)s::smallint[])
    AND type = 'custom'
GROUP BY name, path
