-- Columns of a site's sessions that were there from one instant to before another, in no order. None lasts 36 hours.
COPY (
    SELECT {columns}
    FROM sessions
    WHERE site = %(site)s AND start >= %(begin)s::timestamptz - INTERVAL '36 hours' AND start < %(end)s
        AND last >= %(begin)s
) TO STDOUT (FORMAT csv)
