-- The same of pieces of hours, from the site's events, per bucket and class.
SELECT piece.bucket, events.class, named.dim || E'\t' || named.value, count(*)
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN events
    ON events.site = %(site)s AND events.ts >= piece.begins AND events.ts < piece.ends
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
WHERE events.class IN (0, 1) AND events.type = 'page_view'
GROUP BY piece.bucket, events.class, named.dim, named.value
