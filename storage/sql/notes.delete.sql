-- Deletes a site's note.
DELETE FROM notes WHERE site = %(site)s AND id = %(id)s RETURNING id, day, title
