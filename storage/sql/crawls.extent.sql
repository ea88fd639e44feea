-- How far a run has come.
SELECT
    count(*),
    count(*) FILTER (WHERE role = 'page'),
    count(*) FILTER (WHERE is_read),
    count(*) FILTER (WHERE outcome IS NULL),
    coalesce(max(depth), 0)::integer
FROM crawl_urls
WHERE site = %(site)s
