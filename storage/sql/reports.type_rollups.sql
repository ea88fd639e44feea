-- How often each event of a site that is no view happened, and for how many visitors of a day, by grain and span of
-- pieces of its rollups.
SELECT roll.grain, roll.span, roll.type || E'\t' || roll.name, roll.count, CASE WHEN piece.whole THEN roll.d1 ELSE 0 END
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_event AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
WHERE roll.type <> 'page_view'
