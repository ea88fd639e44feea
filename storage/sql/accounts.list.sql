-- The live accounts, oldest first.
SELECT id, name, (extract(epoch FROM created_at) * 1000)::bigint AS created_at, time_zone
FROM accounts
WHERE deleted_at IS NULL
ORDER BY created_at, id
