-- What was found out of a site's domain.
INSERT INTO domain_checks (site, domain, tested_at, expires_at, source, error, warned_level, warned_at)
VALUES (
    %(site)s, %(domain)s, %(tested_at)s, %(expires_at)s, %(source)s, %(error)s, %(warned_level)s, %(warned_at)s
)
ON CONFLICT (site) DO UPDATE SET
    domain = excluded.domain,
    tested_at = excluded.tested_at,
    expires_at = excluded.expires_at,
    source = excluded.source,
    error = excluded.error,
    warned_level = excluded.warned_level,
    warned_at = excluded.warned_at
