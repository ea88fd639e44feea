-- Who is told of a site, and of what. An address gets what was chosen for it until it unsubscribes.
CREATE TABLE recipients (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    site             integer NOT NULL,
    channel          text NOT NULL,  -- email, webhook
    address          text NOT NULL,  -- of a mailbox, or the URL of a webhook
    kinds            text[] NOT NULL,
    secret_cipher    bytea NOT NULL DEFAULT '',  -- what a webhook's messages are signed with
    token            uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),  -- in a mail's link; it ends these mails only
    created_at       timestamptz NOT NULL DEFAULT now(),
    unsubscribed_at  timestamptz,
    UNIQUE (site, channel, address)
);

-- What was decided to be sent, in the transaction that decided it. One that was sent, or given up, stays a while to be
-- looked at.
CREATE TABLE messages (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid           uuid NOT NULL DEFAULT gen_random_uuid(),  -- by which who gets it twice can tell
    site           integer NOT NULL,
    kind           text NOT NULL,
    channel        text NOT NULL,  -- email, webhook
    address        text NOT NULL,
    recipient      uuid,  -- null: of an alert, which has addresses of its own
    secret_cipher  bytea NOT NULL DEFAULT '',  -- of a message without a recipient
    period         text,  -- the first day of what a report is of; null: it is none
    title          text NOT NULL,
    text           text NOT NULL,
    data           jsonb NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    attempts       integer NOT NULL DEFAULT 0,
    sent_at        timestamptz,
    given_up_at    timestamptz,
    error          text NOT NULL DEFAULT '',
    UNIQUE (recipient, kind, period)
);
CREATE INDEX messages_unsent ON messages (id) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX messages_site ON messages (site, created_at);
