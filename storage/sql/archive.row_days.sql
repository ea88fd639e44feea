-- From which day on rows are in the tables; null where none was ever dropped.
SELECT (SELECT rows_from::timestamp AT TIME ZONE 'UTC' FROM archive_retention)
