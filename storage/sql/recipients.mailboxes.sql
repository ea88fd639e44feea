-- How many mailboxes are told of sites that live.
SELECT count(*)
FROM recipients
JOIN sites ON sites.id = recipients.site AND sites.deleted_at IS NULL
WHERE recipients.channel = 'email' AND recipients.unsubscribed_at IS NULL
