-- What the rollups need of a site's sessions that began from one instant to another, unordered.
COPY (
    SELECT
        (date_part('epoch', start) * 1000)::bigint, (date_part('epoch', last) * 1000)::bigint,
        class, views, actions, visit::int, entry_path, exit_path
    FROM sessions
    WHERE site = %(site)s AND start >= %(start)s AND start < %(end)s
) TO STDOUT (FORMAT csv)
