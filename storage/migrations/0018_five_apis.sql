-- What beep-analytics, Antics, Platform API v2 and Tinylytics know of accounts, users, keys and sites beyond TinyTrail.
ALTER TABLE accounts ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC';

-- Some APIs number what others call by UUID.
ALTER TABLE users ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY UNIQUE;
ALTER TABLE api_keys
    ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN access text NOT NULL DEFAULT 'full' CHECK (access IN ('full', 'read_only')),
    ADD COLUMN last_used_at timestamptz;

CREATE TABLE folders (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id      uuid NOT NULL REFERENCES accounts (id),
    name            text NOT NULL,
    authelia_group  text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX folders_account ON folders (account_id);

ALTER TABLE sites
    ADD COLUMN public boolean NOT NULL DEFAULT false,
    ADD COLUMN uid text NOT NULL UNIQUE DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 10),
    ADD COLUMN object_id text NOT NULL UNIQUE DEFAULT substr(replace(gen_random_uuid()::text, '-', ''), 1, 24),
    ADD COLUMN folder_id uuid REFERENCES folders (id) ON DELETE SET NULL,
    -- Made through /api/sites: the one of its domain that is meant where a site is known by the Origin header.
    ADD COLUMN by_origin boolean NOT NULL DEFAULT false,
    ADD COLUMN keep_ips boolean NOT NULL DEFAULT false,
    ADD COLUMN unique_hits boolean NOT NULL DEFAULT true,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
CREATE UNIQUE INDEX sites_by_origin ON sites (lower(domain)) WHERE by_origin AND deleted_at IS NULL;
CREATE INDEX sites_domain ON sites (lower(domain)) WHERE deleted_at IS NULL;

-- Addresses and networks that no browser collector counts, whatever the site.
CREATE TABLE ignored_networks (
    network     text PRIMARY KEY,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE kudos (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    site        integer NOT NULL,
    uid         text NOT NULL,
    path        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, uid)
);
CREATE INDEX kudos_site_time ON kudos (site, created_at);
