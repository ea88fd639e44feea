-- The visitors of a site's UTC days before a zone's midnight and from it on: of days that are known in all the classes,
-- and of those on which nothing happened in any of them.
SELECT asked.day, coalesce(sum(known.visitors_before), 0)::bigint, coalesce(sum(known.visitors_after), 0)::bigint
FROM unnest(%(days)s::timestamptz[]) AS asked (day)
LEFT JOIN roll_zone AS known
    ON known.site = %(site)s AND known.span = asked.day AND known.zone = %(zone)s
        AND known.class = ANY (%(classes)s::smallint[])
GROUP BY asked.day
HAVING count(known.span) = cardinality(%(classes)s::smallint[]) OR NOT EXISTS (
    SELECT
    FROM roll_site
    WHERE roll_site.site = %(site)s AND roll_site.grain = %(grain)s AND roll_site.span = asked.day
        AND roll_site.class = ANY (%(classes)s::smallint[])
)
