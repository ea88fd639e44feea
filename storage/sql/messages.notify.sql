-- Writes a message to everybody who wants to be told of this of the site; of a period once.
INSERT INTO messages (site, kind, channel, address, recipient, period, title, text, data)
SELECT site, %(kind)s, channel, address, id, %(period)s, %(title)s, %(text)s, %(data)s
FROM recipients
WHERE site = %(site)s AND %(kind)s = ANY (kinds) AND unsubscribed_at IS NULL
ON CONFLICT (recipient, kind, period) DO NOTHING
