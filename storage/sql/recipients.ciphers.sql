-- The secret of every webhook.
SELECT id, secret_cipher FROM recipients WHERE secret_cipher <> ''
