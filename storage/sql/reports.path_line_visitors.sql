-- The distinct visitors of each page of a site in a part of a day, of each class.
SELECT path, count(DISTINCT visitor)
FROM events
WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND class = ANY (%(classes)s::smallint[])
    AND type = 'page_view' AND visitor <> 0
GROUP BY path, class
