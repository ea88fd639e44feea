-- A new definition of a live site; no row where the site is gone or has as many of the kind as it may have.
INSERT INTO definitions (site, kind, name, meaning)
SELECT %(site)s, %(kind)s, %(name)s, %(meaning)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
    AND (SELECT count(*) FROM definitions WHERE site = %(site)s AND kind = %(kind)s) < %(most)s
RETURNING id, name, meaning, (extract(epoch FROM created_at) * 1000)::bigint AS created_at
