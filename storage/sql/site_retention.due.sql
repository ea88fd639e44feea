-- The living sites of which something goes by its age, by their limits in days.
SELECT id, file_retention_days, rollup_retention_days
FROM sites
WHERE deleted_at IS NULL AND file_retention_days IS NOT NULL AND retention_from <= %(now)s
ORDER BY id
