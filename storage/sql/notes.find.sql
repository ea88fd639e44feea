-- A site's note.
SELECT id, day, title FROM notes WHERE site = %(site)s AND id = %(id)s
