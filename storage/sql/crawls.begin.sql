-- A run begins, where none is under way.
INSERT INTO crawls (site, kind, url, root, started_at, robots)
SELECT %(site)s, %(kind)s, %(url)s, %(root)s, %(now)s, %(robots)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
ON CONFLICT DO NOTHING
