-- Keeps a script, unless it is kept already.
INSERT INTO scripts (digest, name, content, brotli, gzip)
VALUES (%(digest)s, %(name)s, %(content)s, %(brotli)s, %(gzip)s)
ON CONFLICT (digest, name) DO NOTHING
