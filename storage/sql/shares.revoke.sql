-- Takes a site's share link away; of it nothing is kept.
DELETE FROM shares WHERE site = %(site)s AND id = %(id)s RETURNING name
