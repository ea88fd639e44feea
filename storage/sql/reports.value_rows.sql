-- The same of pieces of hours, from the site's visits and what happened in them, per bucket and class.
SELECT
    piece.bucket,
    sessions.class,
    named.dim || E'\t' || named.value,
    count(*),
    count(*) FILTER (WHERE sessions.views = 1),
    sum((date_part('epoch', sessions.last - sessions.start) * 1000)::bigint)::bigint,
    0,
    0
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
WHERE sessions.visit AND sessions.class IN (0, 1)
GROUP BY piece.bucket, sessions.class, named.dim, named.value
UNION ALL
SELECT
    seen.bucket,
    seen.class,
    named.dim || E'\t' || named.value,
    0,
    0,
    0,
    sum(seen.new)::bigint,
    sum(seen.views)::bigint
FROM (
    SELECT
        piece.bucket,
        events.class,
        events.session_id,
        count(*) FILTER (WHERE events.new) AS new,
        count(*) FILTER (WHERE events.type = 'page_view') AS views
    FROM unnest(
        %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
        %(begins)s::timestamptz[], %(ends)s::timestamptz[]
    ) AS piece (bucket, grain, sign, whole, begins, ends)
    JOIN events
        ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
    WHERE events.class IN (0, 1) AND events.session_id <> 0 AND (events.new OR events.type = 'page_view')
    GROUP BY piece.bucket, events.class, events.session_id
) AS seen
JOIN sessions
    ON sessions.session_id = seen.session_id AND sessions.site = %(site)s
        AND sessions.start >= %(first)s AND sessions.start < %(last)s
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
GROUP BY seen.bucket, seen.class, named.dim, named.value
