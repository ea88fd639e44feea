-- The same of pieces of hours, from the site's sessions, per bucket and class.
SELECT
    piece.bucket,
    sessions.class,
    ends.path,
    sum(ends.landings)::bigint,
    sum(ends.exits)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
CROSS JOIN LATERAL (VALUES (sessions.entry_path, 1, 0), (sessions.exit_path, 0, 1)) AS ends (path, landings, exits)
WHERE sessions.views > 0
GROUP BY piece.bucket, sessions.class, ends.path
