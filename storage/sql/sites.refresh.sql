-- Those of these sites that are still live.
SELECT {columns} FROM sites WHERE uuid = ANY(%(uuids)s) AND deleted_at IS NULL
