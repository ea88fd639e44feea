-- Gives a webhook's secret another text.
UPDATE recipients SET secret_cipher = %(cipher)s WHERE id = %(id)s
