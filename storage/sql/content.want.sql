-- A whole run is due now.
UPDATE content_monitors SET due_at = NULL WHERE site = %(site)s
