-- Every key that was ever made, with whose it is, oldest first.
SELECT
    api_keys.id, api_keys.api, users.role, accounts.name,
    to_char(api_keys.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(api_keys.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM api_keys
JOIN users ON users.id = api_keys.user_id
JOIN accounts ON accounts.id = users.account_id
ORDER BY api_keys.created_at, api_keys.id
