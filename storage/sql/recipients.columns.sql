-- What a recipient is made of, in every statement that gives one.
recipients.id, recipients.site, recipients.channel, recipients.address, recipients.kinds,
(extract(epoch FROM recipients.created_at) * 1000)::bigint AS created_at,
(extract(epoch FROM recipients.unsubscribed_at) * 1000)::bigint AS unsubscribed_at
