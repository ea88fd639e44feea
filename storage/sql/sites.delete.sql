-- Deletes a live site, of this account where one is given.
UPDATE sites
SET deleted_at = now()
WHERE uuid = %(uuid)s AND deleted_at IS NULL AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
RETURNING {columns}
