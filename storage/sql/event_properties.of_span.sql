-- The properties of a site's events from one instant to before another, in no order.
COPY (
    SELECT (date_part('epoch', ts) * 1000)::bigint, event_id, visitor, properties
    FROM event_properties
    WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s
) TO STDOUT (FORMAT csv)
