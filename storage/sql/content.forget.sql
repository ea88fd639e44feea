-- Issues that were resolved long ago.
DELETE FROM content_issues WHERE site = %(site)s AND resolved_at < %(before)s
