-- The messages about a site, the newest first.
SELECT {columns}
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
LEFT JOIN recipients ON recipients.id = messages.recipient
WHERE messages.site = %(site)s
ORDER BY messages.id DESC
LIMIT %(limit)s
