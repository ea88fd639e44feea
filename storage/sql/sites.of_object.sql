-- The live site that Platform API v2 calls by this id.
SELECT {columns} FROM sites WHERE object_id = %(object_id)s AND deleted_at IS NULL
