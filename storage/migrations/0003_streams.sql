-- How far each partition of each log has been applied. `next` moves by compare-and-set as the first statement of a batch.
CREATE TABLE positions (
    log          text NOT NULL,
    partition    integer NOT NULL,
    next         bigint NOT NULL,
    greatest_ts  timestamptz NOT NULL,  -- of any event applied
    applied_to   timestamptz NOT NULL,  -- append time of the last message applied
    PRIMARY KEY (log, partition)
);

-- The last sequence applied of each producer: a message appended to the log twice counts once.
CREATE TABLE producers (
    log        text NOT NULL,
    partition  integer NOT NULL,
    producer   bigint NOT NULL,
    last       bigint NOT NULL,
    seen_at    timestamptz NOT NULL,
    PRIMARY KEY (log, partition, producer)
);

-- Written in the transaction that passes the message, so a dead letter is neither lost nor kept twice.
CREATE TABLE dead_letters (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log          text NOT NULL,
    partition    integer NOT NULL,
    message      bigint NOT NULL,     -- the offset
    appended_at  timestamptz NOT NULL,
    reason       text NOT NULL,
    error        text NOT NULL,
    payload      bytea NOT NULL,
    replayed_at  timestamptz
);
CREATE INDEX dead_letters_open ON dead_letters (id) WHERE replayed_at IS NULL;

-- Site hours whose rollups are not to be trusted. Versions come from a sequence that never restarts.
CREATE SEQUENCE mark_versions;
CREATE TABLE marks (
    site       integer NOT NULL,
    hour       timestamptz NOT NULL,
    partition  integer NOT NULL,  -- -1: an import
    version    bigint NOT NULL,
    PRIMARY KEY (site, hour, partition)
) WITH (fillfactor = 50);

CREATE TABLE import_jobs (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        integer NOT NULL REFERENCES sites (id),
    file_hash   bytea NOT NULL,
    salt        bytea,  -- forgotten when the job is done
    started_at  timestamptz NOT NULL DEFAULT now(),
    done_at     timestamptz,
    UNIQUE (site, file_hash)
);
-- Days of a file that are in: running an import twice adds nothing.
CREATE TABLE imports (
    site       integer NOT NULL REFERENCES sites (id),
    file_hash  bytea NOT NULL,
    day        date NOT NULL,
    events     bigint NOT NULL,
    done_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (site, file_hash, day)
);

-- What the owner of a partition sees in its realtime windows now; may be lost at any moment.
CREATE UNLOGGED TABLE realtime_parts (
    log        text NOT NULL,
    partition  integer NOT NULL,
    site       integer NOT NULL,
    at         timestamptz NOT NULL,
    part       bytea NOT NULL,
    PRIMARY KEY (log, partition, site)
);
