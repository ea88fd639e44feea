-- What is done again and again, once in the whole installation: whoever runs one holds the advisory lock of its id.
CREATE TABLE jobs (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL,
    subject       bigint NOT NULL,
    due_at        timestamptz NOT NULL,
    started_at    timestamptz,  -- its last run
    ended_at      timestamptz,
    succeeded_at  timestamptz,
    failures      integer NOT NULL DEFAULT 0,  -- since it last succeeded
    error         text NOT NULL DEFAULT '',
    UNIQUE (kind, subject)
);
CREATE INDEX jobs_due ON jobs (kind, due_at, id);
