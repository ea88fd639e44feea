-- The live sites of one account, or of all where none is given, oldest first.
SELECT {columns}
FROM sites
WHERE deleted_at IS NULL AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
ORDER BY sites.created_at, id
