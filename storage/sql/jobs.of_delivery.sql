-- Messages that are to be sent, of sites that live: each at once.
SELECT messages.id AS subject, messages.created_at AS due_at
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
WHERE messages.sent_at IS NULL AND messages.given_up_at IS NULL
