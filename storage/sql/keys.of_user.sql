-- What the key of a live user can be shown from; both empty where the user has no key that works.
SELECT api_keys.key_hash, api_keys.key_cipher
FROM users
JOIN accounts ON accounts.id = users.account_id AND accounts.deleted_at IS NULL
LEFT JOIN api_keys ON api_keys.user_id = users.id AND api_keys.api = %(api)s AND api_keys.revoked_at IS NULL
WHERE users.id = %(user_id)s AND users.deleted_at IS NULL
ORDER BY api_keys.created_at DESC
LIMIT 1
