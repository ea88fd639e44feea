-- All addresses of a run.
SELECT url, role FROM crawl_urls WHERE site = %(site)s
