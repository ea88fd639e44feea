-- How busy is the server, how large is this database, and what of ours is older or more than it should be?
SELECT
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer,
    pg_database_size(current_database()),
    coalesce((
        SELECT extract(epoch FROM max(clock_timestamp() - xact_start))
        FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    ), 0)::float8,
    deadlocks,
    blks_hit,
    blks_read,
    (SELECT extract(epoch FROM min(day)::timestamp AT TIME ZONE 'UTC') FROM salts)::float8,
    (SELECT count(*) FROM (SELECT FROM rollup_gaps LIMIT %(most_gaps)s) AS gaps)
FROM pg_stat_database
WHERE datname = current_database()
