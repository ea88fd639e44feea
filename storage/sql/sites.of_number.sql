-- The live site with this number.
SELECT {columns} FROM sites WHERE id = %(id)s AND deleted_at IS NULL
