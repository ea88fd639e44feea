-- All notes of a site, the latest day first.
SELECT id, day, title FROM notes WHERE site = %(site)s ORDER BY day DESC, created_at, id
