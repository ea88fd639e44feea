-- Takes the keys of an account away, and the texts to show them again.
UPDATE api_keys SET revoked_at = now(), key_cipher = ''
FROM users
WHERE users.id = api_keys.user_id AND users.account_id = %(account_id)s AND api_keys.revoked_at IS NULL
