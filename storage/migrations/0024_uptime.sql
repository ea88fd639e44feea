-- How each monitored site is, after its last check. A site that is switched off keeps its row.
CREATE TABLE monitors (
    id                      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site                    integer NOT NULL UNIQUE,
    url                     text NOT NULL,  -- what was asked; '' once it was switched off. With another one it begins anew
    created_at              timestamptz NOT NULL,
    checked_at              timestamptz NOT NULL,
    due_at                  timestamptz,  -- null: it was down for so long that nobody looks any more
    status                  integer,  -- null: nothing was answered
    error                   text NOT NULL DEFAULT '',  -- why it counts as down
    certificate_expires_at  timestamptz,  -- null: none was shown
    certificate_valid       boolean,
    certificate_problem     text NOT NULL DEFAULT '',
    warned_level            integer,  -- days before the end, 0 ended, -1 invalid; null: well since
    warned_at               timestamptz
);

-- When a site was down. What is not confirmed was a single request that failed.
CREATE TABLE downtimes (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        integer NOT NULL,
    error       text NOT NULL,
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    confirmed   boolean NOT NULL DEFAULT false
);
CREATE INDEX downtimes_site ON downtimes (site, started_at);
CREATE UNIQUE INDEX downtimes_open ON downtimes (site) WHERE ended_at IS NULL;

-- When somebody looked at a site: from one check to the next that was not far too late.
CREATE TABLE watched_spans (
    site       integer NOT NULL,
    begins_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    PRIMARY KEY (site, begins_at)
);
