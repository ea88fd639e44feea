-- Every script that was served under its hash: a page pins one by a tag, and the tag outlives our updates.
CREATE TABLE scripts (
    digest      text NOT NULL,
    name        text NOT NULL,
    content     bytea NOT NULL,
    brotli      bytea NOT NULL,
    gzip        bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (digest, name)
);
