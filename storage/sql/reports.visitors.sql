-- Distinct visitors of parts of days, counted on rows, per bucket and class.
SELECT piece.bucket, events.class, count(DISTINCT events.visitor)
FROM unnest(%(buckets)s::integer[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
    AS piece (bucket, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
WHERE events.class = ANY (%(classes)s::smallint[]) AND events.visitor <> 0
    AND events.type = ANY (%(types)s::text[])
    AND (%(path)s::text IS NULL OR events.path = %(path)s)
GROUP BY piece.bucket, events.class
