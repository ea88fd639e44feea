-- What was dropped of a site from one UTC day to another, both included: by day, of each day the most first.
SELECT site, day, reason, count, host
FROM drops
WHERE site = %(site)s AND day BETWEEN %(first)s AND %(last)s
ORDER BY day, count DESC, reason
