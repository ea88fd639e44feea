-- Says that a day of a file is in; no row comes back if it was said before.
INSERT INTO imports (site, file_hash, day, events) VALUES (%(site)s, %(file_hash)s, %(day)s, %(events)s)
ON CONFLICT (site, file_hash, day) DO NOTHING
