-- The same of the visits with a view of one of some pages between two instants.
SELECT named.dim || E'\t' || named.value, count(*)
FROM (
    SELECT DISTINCT session_id
    FROM events
    WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND class = ANY (%(classes)s::smallint[])
        AND type = 'page_view' AND session_id <> 0 AND path = ANY (%(paths)s::text[])
) AS seen
JOIN sessions
    ON sessions.session_id = seen.session_id AND sessions.site = %(site)s
        AND sessions.start >= %(begin)s::timestamptz - INTERVAL '36 hours' AND sessions.start < %(end)s
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
GROUP BY named.dim, named.value
