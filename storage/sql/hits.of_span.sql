-- Columns of a site's views from one instant to before another, of some classes, in no order; of one path, of paths from
-- a first to a last one in the order of their bytes, and of one country, where these are given.
COPY (
    SELECT {columns} FROM events
    WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s
        AND type = 'page_view' AND class = ANY (%(classes)s::smallint[])
        AND (%(path)s::text IS NULL OR path = %(path)s)
        AND (%(first_path)s::text IS NULL OR path COLLATE "C" BETWEEN %(first_path)s AND %(last_path)s)
        AND (%(country)s::text IS NULL OR country = %(country)s)
) TO STDOUT (FORMAT csv)
