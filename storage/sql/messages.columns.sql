-- What a message is made of, in every statement that gives one.
messages.id, messages.uuid, sites.uuid AS site, sites.domain, messages.kind, messages.channel, messages.address,
recipients.token,
messages.recipient IS NULL OR (recipients.id IS NOT NULL AND recipients.unsubscribed_at IS NULL) AS wanted,
messages.title, messages.text, messages.data,
(extract(epoch FROM messages.created_at) * 1000)::bigint AS created_at,
messages.attempts,
(extract(epoch FROM messages.sent_at) * 1000)::bigint AS sent_at,
(extract(epoch FROM messages.given_up_at) * 1000)::bigint AS given_up_at,
messages.error
