-- Take a key away, unless that was done before.
UPDATE api_keys SET revoked_at = now() WHERE id = %(id)s AND revoked_at IS NULL
