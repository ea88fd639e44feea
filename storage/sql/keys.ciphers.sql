-- Every key that can be shown again.
SELECT id, key_cipher FROM api_keys WHERE key_cipher <> ''
