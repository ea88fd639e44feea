-- The broken links of a site, to be checked again.
INSERT INTO crawl_urls (site, url, role, depth, found_on)
SELECT site, url, 'link', 0, found_on
FROM content_issues
WHERE site = %(site)s AND kind = 'broken_link' AND resolved_at IS NULL
ORDER BY id
ON CONFLICT DO NOTHING
