-- Ends a recipient's messages; when it did so first stays.
UPDATE recipients SET unsubscribed_at = coalesce(unsubscribed_at, %(at)s) WHERE token = %(token)s
