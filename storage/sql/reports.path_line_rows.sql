-- The same of pieces of hours, from the site's events and sessions, per bucket and class.
SELECT
    piece.bucket,
    events.class,
    events.path,
    count(*),
    count(*) FILTER (WHERE events.s1),
    count(*) FILTER (WHERE events.d1),
    0, 0, 0, 0
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
WHERE events.class IN (0, 1) AND events.type = 'page_view'
GROUP BY piece.bucket, events.class, events.path
UNION ALL
SELECT
    piece.bucket,
    sessions.class,
    ends.path,
    0, 0, 0,
    sum(ends.landings)::bigint,
    count(*) FILTER (WHERE ends.landings = 1 AND sessions.views = 1),
    coalesce(
        sum((date_part('epoch', sessions.last - sessions.start) * 1000)::bigint) FILTER (WHERE ends.landings = 1), 0
    )::bigint,
    sum(ends.exits)::bigint
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
CROSS JOIN LATERAL (VALUES (sessions.entry_path, 1, 0), (sessions.exit_path, 0, 1)) AS ends (path, landings, exits)
WHERE sessions.views > 0 AND sessions.class IN (0, 1)
GROUP BY piece.bucket, sessions.class, ends.path
