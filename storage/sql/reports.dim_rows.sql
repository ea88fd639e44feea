-- The same of pieces of hours, from the site's visits that began in them, per bucket and class.
SELECT piece.bucket, sessions.class, named.dim || E'\t' || named.value, count(*)
FROM unnest(
    %(buckets)s::integer[], %(grains)s::smallint[], %(signs)s::integer[], %(whole)s::boolean[],
    %(begins)s::timestamptz[], %(ends)s::timestamptz[]
) AS piece (bucket, grain, sign, whole, begins, ends)
JOIN sessions
    ON sessions.site = %(site)s AND sessions.start >= piece.begins AND sessions.start < piece.ends
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
WHERE sessions.visit
GROUP BY piece.bucket, sessions.class, named.dim, named.value
