-- Revokes a key of an API by its number, of this account where one is given.
UPDATE api_keys SET revoked_at = now()
FROM users
WHERE
    api_keys.number = %(number)s
    AND api_keys.api = %(api)s
    AND api_keys.revoked_at IS NULL
    AND users.id = api_keys.user_id
    AND (%(account_id)s::uuid IS NULL OR users.account_id = %(account_id)s)
