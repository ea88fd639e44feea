-- The days before the watermark of which a hypertable has a chunk, and of which no site's rows were put back.
SELECT DISTINCT chunks.range_start
FROM timescaledb_information.chunks AS chunks
WHERE chunks.hypertable_name IN ('events', 'event_properties', 'sessions') AND chunks.range_end <= %(rows_from)s
    AND NOT EXISTS (
        SELECT FROM archive_thawed
        WHERE archive_thawed.day::timestamp AT TIME ZONE 'UTC' >= chunks.range_start
            AND archive_thawed.day::timestamp AT TIME ZONE 'UTC' < chunks.range_end
    )
ORDER BY chunks.range_start
