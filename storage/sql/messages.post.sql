-- Writes a message to one address.
INSERT INTO messages (site, kind, channel, address, secret_cipher, title, text, data)
VALUES (%(site)s, %(kind)s, %(channel)s, %(address)s, %(secret_cipher)s, %(title)s, %(text)s, %(data)s)
RETURNING id
