-- Take a key away, unless that was done before, and the text to show it again.
UPDATE api_keys SET revoked_at = now(), key_cipher = '' WHERE id = %(id)s AND revoked_at IS NULL
