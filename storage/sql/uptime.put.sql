-- What the last check of a site found.
INSERT INTO monitors (
    site, url, created_at, checked_at, due_at, status, error,
    certificate_expires_at, certificate_valid, certificate_problem, warned_level, warned_at
)
VALUES (
    %(site)s, %(url)s, %(now)s, %(now)s, %(due_at)s, %(status)s, %(error)s,
    %(certificate_expires_at)s, %(certificate_valid)s, %(certificate_problem)s, %(warned_level)s, %(warned_at)s
)
ON CONFLICT (site) DO UPDATE SET
    url = excluded.url,
    checked_at = excluded.checked_at,
    due_at = excluded.due_at,
    status = excluded.status,
    error = excluded.error,
    certificate_expires_at = excluded.certificate_expires_at,
    certificate_valid = excluded.certificate_valid,
    certificate_problem = excluded.certificate_problem,
    warned_level = excluded.warned_level,
    warned_at = excluded.warned_at
