-- A second check has failed.
UPDATE downtimes SET confirmed = true WHERE site = %(site)s AND ended_at IS NULL
