-- Says that the rows of a site's day were put back.
INSERT INTO archive_thawed (site, day) VALUES (%(site)s, %(day)s) ON CONFLICT DO NOTHING
