-- Changes what was given (null: leave it) of a folder of an account.
UPDATE folders
SET name = coalesce(%(name)s, name), authelia_group = coalesce(%(authelia_group)s, authelia_group)
WHERE id = %(id)s AND account_id = %(account_id)s
RETURNING id, account_id, name, authelia_group, (extract(epoch FROM created_at) * 1000)::bigint
