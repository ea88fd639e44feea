-- The events of some sessions, all from one instant to another, that are a step of a funnel; no more than some.
COPY (
    SELECT session_id, (date_part('epoch', ts) * 1000)::bigint, event_id, type, name, path
    FROM events
    WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s AND session_id = ANY (%(sessions)s::bigint[])
        AND (
            (type = 'page_view' AND (%(views)s OR path = ANY (%(paths)s::text[])))
            OR type = ANY (%(words)s::text[]) OR name = ANY (%(words)s::text[])
        )
    LIMIT %(most)s
) TO STDOUT (FORMAT csv)
