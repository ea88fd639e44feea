-- Deletes a site's definition.
DELETE FROM definitions
WHERE site = %(site)s AND kind = %(kind)s AND id = %(id)s
RETURNING id, name, meaning, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
