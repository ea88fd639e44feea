-- The share link with this token, if it has not expired and its site lives.
SELECT {columns}, sites.uuid AS site_uuid
FROM shares
JOIN sites ON sites.id = shares.site AND sites.deleted_at IS NULL
WHERE shares.token_hash = %(token_hash)s AND (shares.expires_at IS NULL OR shares.expires_at > %(now)s)
