-- Notes why an attempt to send a message failed.
UPDATE messages SET attempts = attempts + 1, error = %(error)s WHERE id = %(id)s
