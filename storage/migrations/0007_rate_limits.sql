-- The latest requests that were let through, by the hash of their key. A crash forgets them: a window begins anew.
CREATE UNLOGGED TABLE rate_limits (
    key   bytea PRIMARY KEY,
    hits  timestamptz[] NOT NULL,  -- oldest first
    wait  interval                 -- of the last request, if it was refused
) WITH (fillfactor = 50);
