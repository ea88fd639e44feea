-- Broken links that were asked for in this run and are well again.
UPDATE content_issues AS issue
SET status_code = crawled.status_code, message = '', checked_at = crawled.checked_at, resolved_at = %(now)s
FROM crawl_urls AS crawled
WHERE
    issue.site = %(site)s
    AND issue.kind = 'broken_link'
    AND issue.resolved_at IS NULL
    AND crawled.site = issue.site
    AND crawled.url = issue.url
    AND crawled.outcome = 'ok'
