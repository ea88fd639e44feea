-- The live account of this name, made if there is none.
INSERT INTO accounts (name) VALUES (%(name)s)
ON CONFLICT (lower(name)) WHERE deleted_at IS NULL DO UPDATE SET name = accounts.name
RETURNING id
