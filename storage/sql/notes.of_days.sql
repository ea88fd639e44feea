-- The notes on a site's days from the first to the last, both included, in the order of days.
SELECT id, day, title
FROM notes
WHERE site = %(site)s AND day BETWEEN %(first)s AND %(last)s
ORDER BY day, created_at, id
