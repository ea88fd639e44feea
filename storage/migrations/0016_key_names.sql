-- What a key's owner calls it, to tell one from another; '' for those that nobody named.
ALTER TABLE api_keys ADD COLUMN name text NOT NULL DEFAULT '';
