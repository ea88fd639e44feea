-- An address did not answer, and will be asked once more.
UPDATE crawl_urls SET attempts = attempts + 1 WHERE site = %(site)s AND url = %(url)s
