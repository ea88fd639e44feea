-- Deletes the sites of an account.
UPDATE sites SET deleted_at = now() WHERE account_id = %(account_id)s AND deleted_at IS NULL
