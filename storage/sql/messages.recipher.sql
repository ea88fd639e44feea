-- Gives a message's secret another text.
UPDATE messages SET secret_cipher = %(cipher)s WHERE id = %(id)s
