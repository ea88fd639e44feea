-- This file has been applied.
INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)
