-- Puts a live site into a folder, or into none.
UPDATE sites SET folder_id = %(folder_id)s, updated_at = now()
WHERE id = %(id)s AND deleted_at IS NULL
RETURNING {columns}
