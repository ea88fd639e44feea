-- Changes what was given (null: leave it) of a site's note.
UPDATE notes
SET day = coalesce(%(day)s, day), title = coalesce(%(title)s, title)
WHERE site = %(site)s AND id = %(id)s
RETURNING id, day, title
