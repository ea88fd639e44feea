-- A site's pages in pieces of its rollups, most views first, also those without any.
SELECT roll.path, sum(piece.sign * roll.views)::bigint AS views, sum(piece.sign * roll.s1)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
GROUP BY roll.path
ORDER BY views DESC, roll.path COLLATE "C"
