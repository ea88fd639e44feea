-- Writes a message to one recipient of a site, whatever it chose.
INSERT INTO messages (site, kind, channel, address, recipient, title, text, data)
SELECT site, %(kind)s, channel, address, id, %(title)s, %(text)s, %(data)s
FROM recipients
WHERE site = %(site)s AND id = %(id)s AND unsubscribed_at IS NULL
RETURNING id
