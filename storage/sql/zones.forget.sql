-- Forgets the visitors of a site by any zone's midnight.
DELETE FROM roll_zone WHERE site = %(site)s
