-- A new site; no row where the account has one of this domain already, or where it is to be the one that the domain
-- stands for and another is.
INSERT INTO sites (account_id, domain, content_groups, excluded_ips, name, by_origin)
VALUES (%(account_id)s, %(domain)s, %(content_groups)s, %(excluded_ips)s, %(name)s, %(by_origin)s)
ON CONFLICT DO NOTHING
RETURNING {columns}
