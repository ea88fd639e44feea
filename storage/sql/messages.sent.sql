-- Notes that a message was sent.
UPDATE messages SET sent_at = %(at)s, attempts = attempts + 1, error = '' WHERE id = %(id)s
