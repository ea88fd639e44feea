-- Forgets the visitors of a site's UTC day by any zone's midnight.
DELETE FROM roll_zone WHERE site = %(site)s AND span = %(day)s
