-- The live users of all accounts, oldest first.
SELECT id, account_id, email, role, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
FROM users
WHERE deleted_at IS NULL
ORDER BY created_at, id
