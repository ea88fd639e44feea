-- What the run found wrong becomes the site's issues; answers with those that are new, or have come back.
WITH found AS (
    SELECT 'broken_link' AS kind, url, found_on, status_code, message, coalesce(checked_at, %(now)s) AS checked_at
    FROM crawl_urls
    WHERE site = %(site)s AND outcome = 'broken'
    UNION ALL
    SELECT
        'mixed_content', url, insecure_on, status_code, 'Taken in over http by ' || insecure_on,
        coalesce(checked_at, %(now)s)
    FROM crawl_urls
    WHERE site = %(site)s AND insecure_on <> ''
),
known AS (SELECT kind, url FROM content_issues WHERE site = %(site)s AND resolved_at IS NULL),
written AS (
    INSERT INTO content_issues AS issue (site, kind, url, found_on, status_code, message, found_at, checked_at)
    SELECT %(site)s, kind, url, found_on, status_code, message, %(now)s, checked_at FROM found
    ON CONFLICT (site, kind, url) DO UPDATE SET
        found_on = excluded.found_on,
        status_code = excluded.status_code,
        message = excluded.message,
        found_at = CASE WHEN issue.resolved_at IS NULL THEN issue.found_at ELSE excluded.found_at END,
        checked_at = excluded.checked_at,
        resolved_at = NULL
    RETURNING *
)
SELECT {columns}
FROM written
WHERE NOT ignored AND (kind, url) NOT IN (SELECT kind, url FROM known)
ORDER BY kind, url
