-- The definitions of one kind of a site, in the order of their names.
SELECT id, name, meaning, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
FROM definitions
WHERE site = %(site)s AND kind = %(kind)s
ORDER BY name COLLATE "C"
