-- Notes why a message is not sent any more.
UPDATE messages SET given_up_at = %(at)s, attempts = attempts + 1, error = %(error)s WHERE id = %(id)s
