-- When the registration of each site's domain ends, as it was last told.
CREATE TABLE domain_checks (
    site          integer PRIMARY KEY,
    domain        text NOT NULL,  -- of the site when it was asked for
    tested_at     timestamptz NOT NULL,
    expires_at    timestamptz,  -- null: nobody tells
    source        text,  -- rdap, whois: who told it
    error         text NOT NULL DEFAULT '',  -- why the last test brought nothing
    warned_level  integer,  -- days before the end, 0 ended; null: it was far away since
    warned_at     timestamptz
);
