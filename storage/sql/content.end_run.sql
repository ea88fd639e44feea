-- Notes that a whole run has ended.
UPDATE content_monitors
SET
    ran_at = %(now)s,
    checked_at = %(now)s,
    due_at = %(due)s,
    ok_count = (SELECT count(*) FROM crawl_urls WHERE site = %(site)s AND outcome = 'ok'),
    is_whole = %(is_whole)s,
    problem = ''
WHERE site = %(site)s
