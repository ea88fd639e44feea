-- Every path that pieces of a site's rollups, or its rows in pieces of hours, know: seen, entered or left by.
SELECT roll.path
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN roll_path AS roll
    ON roll.site = %(site)s AND roll.grain = piece.grain AND roll.span >= piece.begins AND roll.span < piece.ends
        AND roll.class = ANY (%(classes)s::smallint[])
WHERE piece.grain IS NOT NULL
UNION
SELECT events.path
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
WHERE piece.grain IS NULL AND events.class = ANY (%(classes)s::smallint[]) AND events.type = 'page_view'
UNION
SELECT ends.path
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
CROSS JOIN LATERAL (VALUES (sessions.entry_path), (sessions.exit_path)) AS ends (path)
WHERE piece.grain IS NULL AND sessions.class = ANY (%(classes)s::smallint[]) AND sessions.views > 0
