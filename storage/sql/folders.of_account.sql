-- The folders of an account, by name.
SELECT id, account_id, name, authelia_group, (extract(epoch FROM created_at) * 1000)::bigint FROM folders
WHERE account_id = %(account_id)s
ORDER BY name, id
