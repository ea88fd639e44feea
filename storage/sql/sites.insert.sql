-- A new site; no row where the account has one of this domain already.
INSERT INTO sites (account_id, domain, content_groups, excluded_ips)
VALUES (%(account_id)s, %(domain)s, %(content_groups)s, %(excluded_ips)s)
ON CONFLICT (account_id, lower(domain)) WHERE deleted_at IS NULL DO NOTHING
RETURNING {columns}
