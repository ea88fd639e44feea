-- What a page's rollups would say of pieces of hours, from its site's rows, per bucket and class.
SELECT
    piece.bucket,
    events.class,
    count(*),
    count(*) FILTER (WHERE events.s1),
    count(*) FILTER (WHERE events.s1),
    count(*) FILTER (WHERE events.d1),
    0, 0, 0, 0, 0, 0
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
WHERE events.class IN (0, 1) AND events.type = 'page_view' AND events.path = %(path)s
GROUP BY piece.bucket, events.class
UNION ALL
SELECT
    piece.bucket,
    sessions.class,
    0, 0, 0, 0,
    count(*) FILTER (WHERE sessions.entry_path = %(path)s),
    count(*) FILTER (WHERE sessions.entry_path = %(path)s AND sessions.views = 1),
    count(*) FILTER (WHERE sessions.entry_path = %(path)s AND sessions.views = 1 AND sessions.actions = 0),
    coalesce(
        sum((date_part('epoch', sessions.last - sessions.start) * 1000)::bigint)
            FILTER (WHERE sessions.entry_path = %(path)s),
        0
    )::bigint,
    count(*) FILTER (WHERE sessions.entry_path = %(path)s),
    count(*) FILTER (WHERE sessions.exit_path = %(path)s)
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
WHERE sessions.views > 0 AND %(path)s IN (sessions.entry_path, sessions.exit_path)
GROUP BY piece.bucket, sessions.class
