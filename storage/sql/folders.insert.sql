-- A new folder.
INSERT INTO folders (account_id, name, authelia_group) VALUES (%(account_id)s, %(name)s, %(authelia_group)s)
RETURNING id, account_id, name, authelia_group, (extract(epoch FROM created_at) * 1000)::bigint
