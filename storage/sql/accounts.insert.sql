-- A new account; no row where there is one of this name already.
INSERT INTO accounts (name) VALUES (%(name)s)
ON CONFLICT (lower(name)) WHERE deleted_at IS NULL DO NOTHING
RETURNING id, name, (extract(epoch FROM created_at) * 1000)::bigint AS created_at, time_zone
