-- Gives the secret of an alert's webhook another text.
UPDATE alerts SET secret_cipher = %(cipher)s WHERE id = %(id)s
