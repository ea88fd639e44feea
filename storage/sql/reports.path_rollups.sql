-- One page's totals over pieces of its site's rollups, by the results that spans belong to.
SELECT
    greatest(width_bucket(roll.span, %(edges)s::timestamptz[]) - 1, 0) AS bucket,
    sum(piece.sign * roll.views)::bigint,
    sum(piece.sign * roll.s1)::bigint,
    sum(piece.sign * roll.s1)::bigint,
    coalesce(sum(piece.sign * roll.d1) FILTER (WHERE piece.whole), 0)::bigint,
    sum(piece.sign * roll.landings)::bigint,
    sum(piece.sign * roll.bounces)::bigint,
    sum(piece.sign * roll.quiet_bounces)::bigint,
    sum(piece.sign * roll.duration_ms)::bigint,
    sum(piece.sign * roll.landings)::bigint,
    sum(piece.sign * roll.exits)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND hashtextextended(roll.path, roll.site) = hashtextextended(%(path)s, %(site)s)
        AND roll.path = %(path)s AND roll.grain = piece.grain
        AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
GROUP BY 1
