-- The secrets of alerts' webhooks.
SELECT id, secret_cipher FROM alerts WHERE secret_cipher <> ''
