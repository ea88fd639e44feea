-- A folder of an account.
SELECT id, account_id, name, authelia_group, (extract(epoch FROM created_at) * 1000)::bigint FROM folders
WHERE id = %(id)s AND account_id = %(account_id)s
