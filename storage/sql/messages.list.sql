-- Messages of all sites that live, those of one state where one is given, the newest first.
SELECT {columns}
FROM messages
JOIN sites ON sites.id = messages.site AND sites.deleted_at IS NULL
LEFT JOIN recipients ON recipients.id = messages.recipient
WHERE
    %(state)s::text IS NULL
    OR %(state)s = CASE
        WHEN messages.sent_at IS NOT NULL THEN 'sent'
        WHEN messages.given_up_at IS NOT NULL THEN 'failed'
        ELSE 'waiting'
    END
ORDER BY messages.id DESC
LIMIT %(limit)s
