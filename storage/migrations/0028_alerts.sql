-- What people want to be told of a site's last 24 hours, and how each stands since it was last looked at.
CREATE TABLE alerts (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,  -- the subject of its job
    site           integer NOT NULL,
    metric         text NOT NULL,
    operator       text NOT NULL,
    threshold      double precision NOT NULL,
    email          text NOT NULL,
    webhook        text NOT NULL,
    secret_cipher  bytea NOT NULL,  -- what the webhook's messages are signed with
    created_at     timestamptz NOT NULL DEFAULT now(),
    value          bigint,
    checked_at     timestamptz,
    firing_since   timestamptz,  -- null: it does not fire
    told_at        timestamptz,  -- that it fires
    is_told        boolean NOT NULL DEFAULT false  -- whether that is the last that was told
);
CREATE INDEX alerts_site ON alerts (site, created_at);
