-- Notes that issues were checked again, and that so many of them are well.
UPDATE content_monitors
SET checked_at = %(now)s, ok_count = ok_count + %(mended)s, problem = ''
WHERE site = %(site)s
