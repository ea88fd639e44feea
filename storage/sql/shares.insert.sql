-- A new share link of a live site; no row where the site is gone or has as many as it may have.
INSERT INTO shares (site, token_hash, name, may_filter, expires_at)
SELECT %(site)s, %(token_hash)s, %(name)s, %(may_filter)s, %(expires_at)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
    AND (SELECT count(*) FROM shares WHERE site = %(site)s) < %(most)s
