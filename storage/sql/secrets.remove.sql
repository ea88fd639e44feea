-- Forgets a key that all processes shared.
DELETE FROM secrets WHERE name = %(name)s
