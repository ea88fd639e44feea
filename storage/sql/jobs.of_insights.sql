-- Sites that have insights made; one that has no job yet has it at once, about its latest whole day.
SELECT id::bigint AS subject, now() AS due_at
FROM sites
WHERE insights AND deleted_at IS NULL
