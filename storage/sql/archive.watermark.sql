-- From which day on rows are in the tables, and since when that is said.
SELECT rows_from::timestamp AT TIME ZONE 'UTC', moved_at FROM archive_retention
