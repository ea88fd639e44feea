-- Who is signed in to the page. A session is known by its token's SHA-256 and lasts as long as its key opens anything.
CREATE TABLE page_sessions (
    token_hash  bytea PRIMARY KEY,
    key_id      uuid NOT NULL REFERENCES api_keys (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    shortcuts   boolean NOT NULL DEFAULT true  -- whether letters are shortcuts
);
CREATE INDEX page_sessions_expiry ON page_sessions (expires_at);
CREATE INDEX page_sessions_key ON page_sessions (key_id);
