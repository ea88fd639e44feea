-- What a key tells about itself and its user.
SELECT
    users.number, users.email, (extract(epoch FROM users.created_at) * 1000)::bigint, api_keys.name, api_keys.access,
    (extract(epoch FROM api_keys.last_used_at) * 1000)::bigint, accounts.time_zone
FROM api_keys
JOIN users ON users.id = api_keys.user_id
JOIN accounts ON accounts.id = users.account_id
WHERE api_keys.id = %(id)s
