-- What the rollups need of a site's counted events from one instant to another, in no order.
COPY (
    SELECT
        (date_part('epoch', ts) * 1000)::bigint, event_id, visitor, session_id, class, engaged_ms,
        new::int, s1::int, d1::int, type, name, path, country, referrer_host, browser, os
    FROM events
    WHERE site = %(site)s AND ts >= %(start)s AND ts < %(end)s AND class IN (0, 1)
) TO STDOUT (FORMAT csv)
