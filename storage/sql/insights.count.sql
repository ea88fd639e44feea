-- How many insights a site has.
SELECT count(*) FROM insights WHERE site = %(site)s
