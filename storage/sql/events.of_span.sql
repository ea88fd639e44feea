-- Columns of a site's events of every class from one instant to before another, in no order.
COPY (
    SELECT {columns} FROM events WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s
) TO STDOUT (FORMAT csv)
