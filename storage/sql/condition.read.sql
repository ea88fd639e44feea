-- How does this database stand: versions, clock, size, connections, and what waits or should not be there?
SELECT
    current_setting('server_version'),
    (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    pg_database_size(current_database()),
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::integer,
    (SELECT count(*) FROM salts WHERE day < %(first_salt)s),
    (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL),
    (
        SELECT min(marks.hour)
        FROM marks
        JOIN sites ON sites.id = marks.site AND sites.deleted_at IS NULL
        WHERE marks.hour < %(hour)s
    ),
    EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND classid::bigint = %(scheduler)s AND objid = 0 AND objsubid = 2
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
