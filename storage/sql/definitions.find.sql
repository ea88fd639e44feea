-- The definition of a kind and a site with this id or, where none has it, with this name.
SELECT id, name, meaning, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
FROM definitions
WHERE site = %(site)s AND kind = %(kind)s AND (id = %(id)s::uuid OR name = %(name)s)
ORDER BY id = %(id)s::uuid DESC
LIMIT 1
