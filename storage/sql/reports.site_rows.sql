-- What a site's rollups would say of pieces of hours, from its rows, per bucket and class.
SELECT
    piece.bucket,
    events.class,
    count(*) FILTER (WHERE events.type = 'page_view'),
    count(*) FILTER (WHERE events.s1 AND events.type = 'page_view'),
    0,
    count(*) FILTER (WHERE events.new),
    0, 0, 0, 0, 0, 0
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
WHERE events.class IN (0, 1)
GROUP BY piece.bucket, events.class
UNION ALL
SELECT
    piece.bucket,
    sessions.class,
    0, 0,
    count(*),
    0,
    count(*),
    count(*) FILTER (WHERE sessions.views = 1),
    count(*) FILTER (WHERE sessions.views = 1 AND sessions.actions = 0),
    sum((date_part('epoch', sessions.last - sessions.start) * 1000)::bigint)::bigint,
    count(*) FILTER (WHERE sessions.views > 0),
    count(*) FILTER (WHERE sessions.views > 0)
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
WHERE sessions.visit
GROUP BY piece.bucket, sessions.class
