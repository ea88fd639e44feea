-- How many messages were given up since then, though their recipients wanted them.
SELECT count(*)
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
LEFT JOIN recipients ON recipients.id = messages.recipient
WHERE
    messages.given_up_at >= %(since)s
    AND (messages.recipient IS NULL OR (recipients.id IS NOT NULL AND recipients.unsubscribed_at IS NULL))
