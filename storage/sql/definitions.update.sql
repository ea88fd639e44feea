-- Changes what was given (null: leave it) of a site's definition.
UPDATE definitions
SET name = coalesce(%(name)s, name), meaning = coalesce(%(meaning)s, meaning)
WHERE site = %(site)s AND kind = %(kind)s AND id = %(id)s
RETURNING id, name, meaning, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
