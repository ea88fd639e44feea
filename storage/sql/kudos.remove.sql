-- Removes a kudo of a site.
DELETE FROM kudos WHERE site = %(site)s AND uid = %(uid)s
