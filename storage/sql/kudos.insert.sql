-- A new kudo; no row where the site has one of this uid.
INSERT INTO kudos (site, uid, path, created_at) VALUES (%(site)s, %(uid)s, %(path)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING id, uid, path, (extract(epoch FROM created_at) * 1000)::bigint
