-- The recipient with this token, and the domain of its site, if that lives.
SELECT {columns}, sites.domain
FROM recipients
JOIN sites ON sites.id = recipients.site AND sites.deleted_at IS NULL
WHERE recipients.token = %(token)s
