-- A page was read under the address that another one leads to.
INSERT INTO crawl_urls AS known (site, url, role, depth, found_on, outcome, is_read, status_code, checked_at)
SELECT site, %(url)s, 'page', %(depth)s, %(found_on)s, 'ok', true, %(status)s, %(now)s FROM crawls WHERE site = %(site)s
ON CONFLICT (site, url) DO UPDATE SET
    outcome = excluded.outcome,
    is_read = true,
    status_code = excluded.status_code,
    checked_at = excluded.checked_at
WHERE NOT known.is_read
RETURNING number
