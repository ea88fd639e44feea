-- What is to be checked next; what did not answer comes again when all else is checked.
SELECT url, role, depth, attempts
FROM crawl_urls
WHERE site = %(site)s AND outcome IS NULL
ORDER BY attempts, number
LIMIT %(limit)s
