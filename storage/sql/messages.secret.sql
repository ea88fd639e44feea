-- What a message is signed with, encrypted: its recipient's secret, or its own.
SELECT coalesce(recipients.secret_cipher, messages.secret_cipher)
FROM messages
LEFT JOIN recipients ON recipients.id = messages.recipient
WHERE messages.id = %(id)s
