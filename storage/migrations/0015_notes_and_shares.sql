-- What owners say of a day of their site; days are those of the site's time zone.
CREATE TABLE notes (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site        integer NOT NULL,
    day         date NOT NULL,
    title       text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notes_site_day ON notes (site, day);

-- Links that show a site's report to whoever has them. A link is known by its token's SHA-256; a revoked one has no row.
CREATE TABLE shares (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site        integer NOT NULL,
    token_hash  bytea NOT NULL UNIQUE,
    name        text NOT NULL,
    may_filter  boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,  -- null: never
    used_at     timestamptz
);
CREATE INDEX shares_site ON shares (site, created_at);
