-- Gives a dead letter other contents.
UPDATE dead_letters SET payload = %(payload)s WHERE id = %(id)s
