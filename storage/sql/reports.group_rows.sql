-- The totals of a set of pages over spans, counted on their site's rows, per bucket and class.
SELECT
    span.bucket,
    events.class,
    count(*),
    count(*) FILTER (WHERE events.s1),
    count(DISTINCT events.session_id) FILTER (WHERE events.session_id <> 0),
    count(DISTINCT events.visitor) FILTER (WHERE events.visitor <> 0),
    0, 0, 0, 0, 0, 0
FROM unnest(%(buckets)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
    AS span (bucket, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= span.begins AND events.ts < span.ends
WHERE events.class = ANY (%(classes)s::smallint[]) AND events.type = 'page_view'
    AND events.path = ANY (%(paths)s::text[])
GROUP BY span.bucket, events.class
UNION ALL
SELECT
    span.bucket,
    sessions.class,
    0, 0, 0, 0,
    count(*) FILTER (WHERE sessions.entered),
    count(*) FILTER (WHERE sessions.entered AND sessions.views = 1),
    count(*) FILTER (WHERE sessions.entered AND sessions.views = 1 AND sessions.actions = 0),
    coalesce(
        sum((date_part('epoch', sessions.last - sessions.start) * 1000)::bigint) FILTER (WHERE sessions.entered), 0
    )::bigint,
    count(*) FILTER (WHERE sessions.entered),
    count(*) FILTER (WHERE sessions.exit_path = ANY (%(paths)s::text[]))
FROM unnest(%(buckets)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
    AS span (bucket, begins, ends)
CROSS JOIN LATERAL (
    SELECT class, start, last, views, actions, exit_path, entry_path = ANY (%(paths)s::text[]) AS entered
    FROM sessions
    WHERE site = %(site)s AND start >= span.begins AND start < span.ends
        AND class = ANY (%(classes)s::smallint[]) AND views > 0
) AS sessions
GROUP BY span.bucket, sessions.class
