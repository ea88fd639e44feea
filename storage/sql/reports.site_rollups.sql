-- A site's totals over pieces of its rollups, by the results that spans belong to.
SELECT
    greatest(width_bucket(roll.span, %(edges)s::timestamptz[]) - 1, 0) AS bucket,
    sum(piece.sign * roll.views)::bigint,
    sum(piece.sign * roll.views_s1)::bigint,
    sum(piece.sign * roll.visits)::bigint,
    coalesce(sum(piece.sign * roll.new) FILTER (WHERE piece.whole), 0)::bigint,
    sum(piece.sign * roll.visits)::bigint,
    sum(piece.sign * roll.bounces)::bigint,
    sum(piece.sign * roll.quiet_bounces)::bigint,
    sum(piece.sign * roll.duration_ms)::bigint,
    sum(piece.sign * roll.landings)::bigint,
    sum(piece.sign * roll.landings)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
CROSS JOIN LATERAL (
    SELECT *
    FROM roll_site
    WHERE roll_site.site = %(site)s AND roll_site.grain = piece.grain
        AND roll_site.span >= piece.begins AND roll_site.span < piece.ends
        AND roll_site.class = ANY (%(classes)s::smallint[])
    -- Each piece is looked up by itself: joined, each span would be held against all pieces of its grain.
    OFFSET 0
) AS roll
GROUP BY 1
