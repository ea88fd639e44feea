-- How many visitors saw a page on each day of pieces of a site's rollups of days, and how many of them saw one only.
SELECT roll.span, sum(roll.journeys)::bigint, sum(roll.single_journeys)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_site AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
GROUP BY roll.span
HAVING sum(roll.journeys) > 0
