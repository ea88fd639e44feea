-- The downtime of a site that goes on has ended.
UPDATE downtimes SET ended_at = %(ended_at)s WHERE site = %(site)s AND ended_at IS NULL
