-- Take a key away, of this user where one is given, unless that was done before, and the text to show it again.
UPDATE api_keys SET revoked_at = now(), key_cipher = ''
WHERE id = %(id)s AND revoked_at IS NULL AND (%(user_id)s::uuid IS NULL OR user_id = %(user_id)s)
