-- The files of the archive that are current, for a copy: those that were replaced, and those of deleted sites, go soon.
SELECT {columns} FROM {table}
WHERE replaced_at IS NULL AND site IN (SELECT id FROM sites WHERE deleted_at IS NULL)
