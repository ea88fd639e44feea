-- The visits to a site that began from one instant to another, and when the last event of each was; no more than some.
COPY (
    SELECT session_id, (date_part('epoch', last) * 1000)::bigint
    FROM sessions
    WHERE site = %(site)s AND start >= %(begin)s AND start < %(end)s AND visit
        AND class = ANY (%(classes)s::smallint[])
    LIMIT %(most)s
) TO STDOUT (FORMAT csv)
