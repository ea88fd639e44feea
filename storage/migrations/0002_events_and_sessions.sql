-- The truth of what happened. Empty text and 0 mean none: a nullable column costs eight bytes on every row that uses it.
-- No unique index on events: the position, moved by compare-and-set in the batch's transaction, is the dedupe.
CREATE TABLE events (
    ts               timestamptz NOT NULL,
    event_id         bigint NOT NULL,
    session_id       bigint NOT NULL,
    visitor          bigint NOT NULL,
    site             integer NOT NULL,
    engaged_ms       integer NOT NULL,
    class            smallint NOT NULL,  -- 0 human, 1 bot, 2 flood
    status           smallint NOT NULL,
    new              boolean NOT NULL,   -- the visitor's first active event of the UTC day
    s1               boolean NOT NULL,   -- the first event with this subject in its session
    d1               boolean NOT NULL,   -- the first event with this subject of the visitor's UTC day
    type             text NOT NULL,
    name             text NOT NULL,
    path             text NOT NULL,
    query            text NOT NULL,
    referrer         text NOT NULL,
    referrer_host    text NOT NULL,
    channel          text NOT NULL,
    utm_source       text NOT NULL,
    utm_medium       text NOT NULL,
    utm_campaign     text NOT NULL,
    utm_content      text NOT NULL,
    utm_term         text NOT NULL,
    hostname         text NOT NULL,
    country          text NOT NULL,
    region           text NOT NULL,
    city             text NOT NULL,
    browser          text NOT NULL,
    browser_version  text NOT NULL,
    os               text NOT NULL,
    os_version       text NOT NULL,
    device           text NOT NULL,
    screen           text NOT NULL,
    ip               text NOT NULL
);
CREATE INDEX events_site_ts ON events (site, ts);
CREATE INDEX events_visitor ON events (visitor);

-- Only one event in twenty has any.
CREATE TABLE event_properties (
    ts          timestamptz NOT NULL,
    event_id    bigint NOT NULL,
    visitor     bigint NOT NULL,
    site        integer NOT NULL,
    properties  jsonb NOT NULL
);
CREATE INDEX event_properties_site_ts ON event_properties (site, ts);

CREATE TABLE sessions (
    session_id       bigint NOT NULL,
    visitor          bigint NOT NULL,
    start            timestamptz NOT NULL,
    last             timestamptz NOT NULL,
    engaged_ms       bigint NOT NULL,
    site             integer NOT NULL,
    events           integer NOT NULL,
    views            integer NOT NULL,
    actions          integer NOT NULL,
    class            smallint NOT NULL,
    visit            boolean NOT NULL,
    entry_path       text NOT NULL,
    exit_path        text NOT NULL,
    channel          text NOT NULL,
    referrer_host    text NOT NULL,
    utm_source       text NOT NULL,
    utm_medium       text NOT NULL,
    utm_campaign     text NOT NULL,
    utm_content      text NOT NULL,
    utm_term         text NOT NULL,
    hostname         text NOT NULL,
    country          text NOT NULL,
    region           text NOT NULL,
    city             text NOT NULL,
    browser          text NOT NULL,
    browser_version  text NOT NULL,
    os               text NOT NULL,
    os_version       text NOT NULL,
    device           text NOT NULL,
    screen           text NOT NULL,
    PRIMARY KEY (site, start, session_id)
);
CREATE INDEX sessions_site_visitor ON sessions (site, visitor);

-- The same person on two neighbouring UTC days; read from either side, deleted 48 h after that midnight.
CREATE TABLE midnight_links (
    visitor  bigint NOT NULL,
    prev     bigint NOT NULL,
    site     integer NOT NULL,
    day      date NOT NULL,  -- of `visitor`
    class    smallint NOT NULL,
    PRIMARY KEY (visitor, prev, site, class)
);
CREATE INDEX midnight_links_prev ON midnight_links (prev);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('events', by_range('ts', INTERVAL '1 day'), create_default_indexes => false);
        PERFORM create_hypertable('event_properties', by_range('ts', INTERVAL '1 day'), create_default_indexes => false);
        PERFORM create_hypertable('sessions', by_range('start', INTERVAL '1 day'), create_default_indexes => false);
    END IF;
END $$;
