-- How many visits entered a site by each page, and left it there, over pieces of its rollups.
SELECT roll.path, sum(piece.sign * roll.landings)::bigint, sum(piece.sign * roll.exits)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
WHERE roll.landings <> 0 OR roll.exits <> 0
GROUP BY roll.path
