-- How many messages are to be sent.
SELECT count(*)
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
WHERE messages.sent_at IS NULL AND messages.given_up_at IS NULL
