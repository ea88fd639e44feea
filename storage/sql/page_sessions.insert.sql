-- Signs in by a key of this API that opens anything; no row if it does not.
INSERT INTO page_sessions (token_hash, key_id, expires_at)
SELECT %(token_hash)s, api_keys.id, %(expires_at)s
FROM api_keys
JOIN users ON users.id = api_keys.user_id AND users.deleted_at IS NULL
JOIN accounts ON accounts.id = users.account_id AND accounts.deleted_at IS NULL
WHERE api_keys.key_hash = %(key_hash)s AND api_keys.api = %(api)s AND api_keys.revoked_at IS NULL
