-- Changes what a site's recipient is told of.
UPDATE recipients SET kinds = %(kinds)s WHERE site = %(site)s AND id = %(id)s RETURNING {columns}
