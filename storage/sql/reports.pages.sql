-- A site's pages, most views first, also those without any: pieces of its rollups and what was counted on rows together.
SELECT path, sum(views)::bigint AS views, sum(s1)::bigint
FROM (
    SELECT roll.path, piece.sign * roll.views AS views, piece.sign * roll.s1 AS s1
    FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
    JOIN roll_path AS roll
        ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
            AND roll.class = ANY (%(classes)s::smallint[])
    UNION ALL
    SELECT path, views, s1
    FROM unnest(%(paths)s::text[], %(views)s::bigint[], %(s1)s::bigint[]) AS counted (path, views, s1)
) AS parts
GROUP BY path
ORDER BY views DESC, path COLLATE "C"
