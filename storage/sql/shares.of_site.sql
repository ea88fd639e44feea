-- The share links of a site, expired ones too, the newest first.
SELECT {columns}, sites.uuid AS site_uuid
FROM shares
JOIN sites ON sites.id = shares.site AND sites.deleted_at IS NULL
WHERE shares.site = %(site)s
ORDER BY shares.created_at DESC, shares.id
