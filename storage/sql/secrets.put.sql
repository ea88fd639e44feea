-- Replaces a key that all processes share.
INSERT INTO secrets (name, value) VALUES (%(name)s, %(value)s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
