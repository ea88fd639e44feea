-- Issues that no page of this run has any more. Where the run ended at a bound, pages that it did not read may have them;
-- and so may a page that could not be read today.
UPDATE content_issues AS issue
SET resolved_at = %(now)s, checked_at = %(now)s
WHERE
    issue.site = %(site)s
    AND issue.resolved_at IS NULL
    AND NOT EXISTS (
        SELECT FROM crawl_urls
        WHERE site = issue.site AND url = issue.url AND (issue.kind = 'broken_link' OR insecure_on <> '')
    )
    AND NOT EXISTS (
        SELECT FROM crawl_urls
        WHERE
            site = issue.site
            AND url = issue.found_on
            AND (outcome = 'unknown' OR (outcome = 'broken' AND coalesce(status_code, 500) >= 500))
    )
    AND (
        %(is_whole)s
        OR EXISTS (SELECT FROM crawl_urls WHERE site = issue.site AND url = issue.found_on AND is_read)
    )
