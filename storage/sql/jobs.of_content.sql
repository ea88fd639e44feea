-- The sites whose content is checked: at once, and then when the run says.
SELECT id::bigint AS subject, now() AS due_at
FROM sites
WHERE content AND deleted_at IS NULL
