-- Takes a site's recipient away.
DELETE FROM recipients WHERE site = %(site)s AND id = %(id)s RETURNING {columns}
