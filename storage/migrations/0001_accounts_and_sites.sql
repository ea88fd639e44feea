-- Accounts, their users and keys, and the sites they own. Ids are never reused.
CREATE TABLE accounts (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);
CREATE UNIQUE INDEX accounts_name ON accounts (lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE users (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id  uuid NOT NULL REFERENCES accounts (id),
    email       text NOT NULL DEFAULT '',
    role        text NOT NULL CHECK (role IN ('admin', 'user')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);
CREATE INDEX users_account ON users (account_id);

-- A key opens the routes of one API only. It is looked up by its SHA-256; the cipher text is there to show it again.
CREATE TABLE api_keys (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    api         text NOT NULL CHECK (api IN ('tinytrail', 'beep', 'antics', 'platform', 'tinylytics')),
    user_id     uuid NOT NULL REFERENCES users (id),
    key_hash    bytea NOT NULL UNIQUE,
    key_cipher  bytea NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);
CREATE INDEX api_keys_user ON api_keys (user_id);

-- One row serves every API: each shows the id form it documents.
CREATE TABLE sites (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid            uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    account_id      uuid NOT NULL REFERENCES accounts (id),
    domain          text NOT NULL,
    name            text NOT NULL DEFAULT '',
    content_groups  jsonb NOT NULL DEFAULT '[]',
    excluded_ips    text[] NOT NULL DEFAULT '{}',
    honour_gpc      boolean NOT NULL DEFAULT true,
    honour_dnt      boolean NOT NULL DEFAULT true,
    time_zone       text NOT NULL DEFAULT 'UTC',
    created_at      timestamptz NOT NULL DEFAULT now(),
    deleted_at      timestamptz
);
CREATE UNIQUE INDEX sites_account_domain ON sites (account_id, lower(domain)) WHERE deleted_at IS NULL;

-- Collectors keep sites in memory; they listen on `sites` and forget the one that changed.
CREATE FUNCTION sites_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sites', NEW.uuid::text);
    RETURN NEW;
END $$;
CREATE TRIGGER sites_changed AFTER INSERT OR UPDATE ON sites FOR EACH ROW EXECUTE FUNCTION sites_changed();

-- One random salt a UTC day, shared by all collectors, deleted at 01:00 of the next day. Never in a backup.
CREATE TABLE salts (
    day   date PRIMARY KEY,
    salt  bytea NOT NULL CHECK (length(salt) = 32)
);

-- Random keys that all processes share for ever: `bucket` picks an event's partition.
CREATE TABLE secrets (
    name   text PRIMARY KEY,
    value  bytea NOT NULL CHECK (length(value) = 32)
);
