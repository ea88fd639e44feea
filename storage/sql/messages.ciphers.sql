-- The secrets of messages that have their own.
SELECT id, secret_cipher FROM messages WHERE secret_cipher <> ''
