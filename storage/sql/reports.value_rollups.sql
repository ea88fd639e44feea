-- What visits, visitors and views have each value of some dimensions, a dimension's number and its value as one text, by
-- grain and span of pieces of a site's rollups.
SELECT roll.grain, roll.span, roll.dim || E'\t' || roll.value, roll.visits, roll.bounces, roll.duration_ms,
    CASE WHEN piece.whole THEN roll.new ELSE 0 END, roll.views
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_dim AS roll
    ON roll.site = %(site)s AND roll.dim = ANY (%(dims)s::smallint[]) AND roll.grain = piece.grain
        AND roll.span >= piece.begins AND roll.span < piece.ends AND roll.class = ANY (%(classes)s::smallint[])
