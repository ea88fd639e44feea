-- A live site, of this account where one is given; nobody else changes it before the end of the transaction.
SELECT {columns}
FROM sites
WHERE uuid = %(uuid)s AND deleted_at IS NULL AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
FOR UPDATE
