-- Takes the keys of a user away, and the texts to show them again.
UPDATE api_keys SET revoked_at = now(), key_cipher = '' WHERE user_id = %(user_id)s AND revoked_at IS NULL
