-- Whose key this is, if it opens this API and neither it nor its user nor its account has gone.
SELECT users.id, users.account_id, users.role, api_keys.id, api_keys.access
FROM api_keys
JOIN users ON users.id = api_keys.user_id AND users.deleted_at IS NULL
JOIN accounts ON accounts.id = users.account_id AND accounts.deleted_at IS NULL
WHERE api_keys.key_hash = %(key_hash)s AND api_keys.api = %(api)s AND api_keys.revoked_at IS NULL
