-- The live site with this UUID.
SELECT {columns} FROM sites WHERE uuid = %(uuid)s AND deleted_at IS NULL
