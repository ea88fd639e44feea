-- Does any key open everything? One row if so.
SELECT
FROM api_keys
JOIN users ON users.id = api_keys.user_id AND users.deleted_at IS NULL AND users.role = 'admin'
JOIN accounts ON accounts.id = users.account_id AND accounts.deleted_at IS NULL
WHERE api_keys.revoked_at IS NULL
LIMIT 1
