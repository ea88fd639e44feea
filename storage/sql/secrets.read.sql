-- A key that all processes share.
SELECT value FROM secrets WHERE name = %(name)s
