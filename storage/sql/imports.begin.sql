-- Says that a day of a file is in; no row comes back if it was said before, or if the site was deleted meanwhile.
INSERT INTO imports (site, file_hash, day, events)
SELECT id, %(file_hash)s, %(day)s, %(events)s FROM sites WHERE id = %(site)s AND deleted_at IS NULL
ON CONFLICT (site, file_hash, day) DO NOTHING
