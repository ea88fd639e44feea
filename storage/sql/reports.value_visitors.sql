-- The distinct visitors of a site in a part of a day, each by the visit of its first sight there.
SELECT named.dim || E'\t' || named.value, count(*)
FROM (
    SELECT DISTINCT ON (class, visitor) session_id
    FROM events
    WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND class = ANY (%(classes)s::smallint[])
        AND type = ANY (%(types)s::text[]) AND visitor <> 0
    ORDER BY class, visitor, ts, event_id
) AS first
JOIN sessions
    ON sessions.session_id = first.session_id AND sessions.site = %(site)s
        AND sessions.start >= %(first)s AND sessions.start < %(end)s
CROSS JOIN LATERAL (VALUES {values}) AS named (dim, value)
GROUP BY named.dim, named.value
