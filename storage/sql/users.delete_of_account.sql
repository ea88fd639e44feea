-- Deletes the users of an account.
UPDATE users SET deleted_at = now(), email = '' WHERE account_id = %(account_id)s AND deleted_at IS NULL
