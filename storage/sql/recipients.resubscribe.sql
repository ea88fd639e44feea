-- Lets a recipient have its messages again.
UPDATE recipients SET unsubscribed_at = NULL WHERE token = %(token)s
