-- The keys of an API that work, of one account or of all where none is given, by their numbers.
SELECT api_keys.number, (extract(epoch FROM api_keys.created_at) * 1000)::bigint
FROM api_keys
JOIN users ON users.id = api_keys.user_id AND users.deleted_at IS NULL
WHERE
    api_keys.api = %(api)s
    AND api_keys.revoked_at IS NULL
    AND (%(account_id)s::uuid IS NULL OR users.account_id = %(account_id)s)
ORDER BY api_keys.number
