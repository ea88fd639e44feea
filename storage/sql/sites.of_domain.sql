-- The live site that a domain in lower case stands for: the one made for it, else the oldest.
SELECT {columns}
FROM sites
WHERE lower(domain) = %(domain)s AND deleted_at IS NULL
ORDER BY by_origin DESC, sites.created_at, id
LIMIT 1
