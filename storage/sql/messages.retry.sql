-- Lets messages that were not sent be sent as if for the first time.
UPDATE messages SET given_up_at = NULL, attempts = 0 WHERE id = ANY (%(ids)s) AND sent_at IS NULL RETURNING id
