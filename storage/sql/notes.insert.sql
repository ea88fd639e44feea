-- A new note of a live site; no row where the site is gone or has as many as it may have.
INSERT INTO notes (site, day, title)
SELECT %(site)s, %(day)s, %(title)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
    AND (SELECT count(*) FROM notes WHERE site = %(site)s) < %(most)s
RETURNING id, day, title
