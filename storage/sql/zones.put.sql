-- Keeps the visitors of a site's UTC day before a zone's midnight and from it on, for one class.
INSERT INTO roll_zone (site, class, span, zone, visitors_before, visitors_after)
VALUES (%(site)s, %(class)s, %(day)s, %(zone)s, %(before)s, %(after)s)
