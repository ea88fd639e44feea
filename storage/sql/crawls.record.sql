-- What is said of an address.
UPDATE crawl_urls
SET
    outcome = %(outcome)s, is_read = %(is_read)s, status_code = %(status)s, message = %(message)s, checked_at = %(now)s
WHERE site = %(site)s AND url = %(url)s
