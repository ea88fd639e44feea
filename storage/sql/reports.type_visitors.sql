-- The distinct visitors of each action on a site in a part of a day, of each class.
SELECT type || E'\t' || name, count(DISTINCT visitor)
FROM events
WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND class = ANY (%(classes)s::smallint[])
    AND type = ANY (%(types)s::text[]) AND type <> 'page_view' AND visitor <> 0
GROUP BY type, name, class
