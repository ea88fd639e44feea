-- Takes a site's alert away.
DELETE FROM alerts WHERE site = %(site)s AND id = %(id)s
