-- The last host whose events were dropped because it is not allowed, so that it can be allowed.
ALTER TABLE drops ADD COLUMN host text NOT NULL DEFAULT '';
