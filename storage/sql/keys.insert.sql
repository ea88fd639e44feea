-- A new key, known by its hash; the cipher text (or nothing) is there to show it again.
INSERT INTO api_keys (api, user_id, key_hash, key_cipher, name, access)
VALUES (%(api)s, %(user_id)s, %(key_hash)s, %(key_cipher)s, %(name)s, %(access)s)
RETURNING number
