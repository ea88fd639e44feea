-- An alert of a live site by its number, which nobody else changes before the transaction ends.
SELECT {columns}, alerts.secret_cipher
FROM alerts
JOIN sites ON sites.id = alerts.site AND sites.deleted_at IS NULL
WHERE alerts.number = %(number)s
FOR UPDATE OF alerts
