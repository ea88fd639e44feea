-- All that is known of each page of a site, by grain and span of pieces of its rollups.
SELECT roll.grain, roll.span, roll.path, roll.views, roll.s1,
    CASE WHEN piece.whole THEN roll.d1 ELSE 0 END, roll.landings, roll.bounces, roll.duration_ms, roll.exits
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
WHERE roll.views <> 0 OR roll.landings <> 0 OR roll.exits <> 0
