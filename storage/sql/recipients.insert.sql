-- A new recipient of a live site; no row where the site is gone.
INSERT INTO recipients (site, channel, address, kinds, secret_cipher)
SELECT %(site)s, %(channel)s, %(address)s, %(kinds)s, %(secret_cipher)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
RETURNING {columns}
