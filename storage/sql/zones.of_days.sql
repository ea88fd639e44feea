-- The visitors of a site's UTC days before a zone's midnight and from it on, of days that are known in all the classes.
SELECT span, sum(visitors_before)::bigint, sum(visitors_after)::bigint
FROM roll_zone
WHERE site = %(site)s AND span = ANY (%(days)s::timestamptz[]) AND zone = %(zone)s
    AND class = ANY (%(classes)s::smallint[])
GROUP BY span
HAVING count(*) = cardinality(%(classes)s::smallint[])
