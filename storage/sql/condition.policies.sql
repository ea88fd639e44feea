-- Which jobs of TimescaleDB itself drop or change chunks of this database? One row each.
SELECT proc_name, hypertable_name
FROM timescaledb_information.jobs
WHERE hypertable_name IS NOT NULL AND hypertable_schema = current_schema()
ORDER BY proc_name, hypertable_name
