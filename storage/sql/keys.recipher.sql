-- Gives a key another text to show it from.
UPDATE api_keys SET key_cipher = %(cipher)s WHERE id = %(id)s
