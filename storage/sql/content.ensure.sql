-- A row for a living site whose content is looked at.
INSERT INTO content_monitors (site)
SELECT id FROM sites WHERE id = %(site)s AND deleted_at IS NULL
ON CONFLICT DO NOTHING
