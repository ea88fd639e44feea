-- Nothing is kept of a run.
WITH removed AS (DELETE FROM crawl_urls WHERE site = %(site)s)
DELETE FROM crawls WHERE site = %(site)s
