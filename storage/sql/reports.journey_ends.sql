-- By path, how many visitors' days began there and ended there, over pieces of a site's rollups of days and months.
SELECT roll.path, sum(piece.sign * roll.journey_entries)::bigint, sum(piece.sign * roll.journey_exits)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
WHERE roll.journey_entries <> 0 OR roll.journey_exits <> 0
GROUP BY roll.path
