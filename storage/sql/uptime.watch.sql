-- A site has been watched since the check before this one.
UPDATE watched_spans
SET ends_at = greatest(ends_at, %(now)s)
WHERE site = %(site)s AND begins_at = (SELECT max(begins_at) FROM watched_spans WHERE site = %(site)s)
