-- A message, if its site lives.
SELECT {columns}
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
LEFT JOIN recipients ON recipients.id = messages.recipient
WHERE messages.id = %(id)s
