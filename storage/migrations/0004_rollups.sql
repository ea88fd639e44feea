-- Sums per site and UTC span; grain 0 hour, 1 day, 2 month. Sums of sessions belong to the span of the session's start.
-- A span without marks is right; a span with marks is read from rows.
CREATE TABLE roll_site (
    site              integer NOT NULL,
    grain             smallint NOT NULL,
    class             smallint NOT NULL,
    span              timestamptz NOT NULL,
    events            bigint NOT NULL,
    views             bigint NOT NULL,
    new               bigint NOT NULL,
    views_s1          bigint NOT NULL,
    views_d1          bigint NOT NULL,
    visits            bigint NOT NULL,
    landings          bigint NOT NULL,
    bounces           bigint NOT NULL,
    quiet_bounces     bigint NOT NULL,
    duration_ms       bigint NOT NULL,
    engaged_ms        bigint NOT NULL,
    journeys          bigint NOT NULL,  -- day and month only
    single_journeys   bigint NOT NULL,  -- day and month only
    PRIMARY KEY (site, grain, span, class)
);

CREATE TABLE roll_path (
    site              integer NOT NULL,
    grain             smallint NOT NULL,
    class             smallint NOT NULL,
    span              timestamptz NOT NULL,
    path              text NOT NULL,
    views             bigint NOT NULL,
    s1                bigint NOT NULL,
    d1                bigint NOT NULL,
    landings          bigint NOT NULL,
    bounces           bigint NOT NULL,
    quiet_bounces     bigint NOT NULL,
    duration_ms       bigint NOT NULL,
    exits             bigint NOT NULL,
    engaged_ms        bigint NOT NULL,
    scroll_25         bigint NOT NULL,
    scroll_50         bigint NOT NULL,
    scroll_75         bigint NOT NULL,
    journey_entries   bigint NOT NULL,  -- day and month only
    journey_exits     bigint NOT NULL   -- day and month only
);
-- No path is a key itself, nor a name or value below: 1,024 characters may be more bytes than an index takes. One job
-- at a time replaces a site's rows, so none can be there twice.
CREATE INDEX roll_path_span ON roll_path (site, grain, span, class);
CREATE INDEX roll_path_path ON roll_path (site, hashtextextended(path, 0), grain, span);

CREATE TABLE roll_event (
    site   integer NOT NULL,
    grain  smallint NOT NULL,
    class  smallint NOT NULL,
    span   timestamptz NOT NULL,
    type   text NOT NULL,
    name   text NOT NULL,
    count  bigint NOT NULL,
    s1     bigint NOT NULL,
    d1     bigint NOT NULL
);
CREATE INDEX roll_event_span ON roll_event (site, grain, span, class);

CREATE TABLE roll_dim (
    site           integer NOT NULL,
    grain          smallint NOT NULL,
    class          smallint NOT NULL,
    span           timestamptz NOT NULL,
    dim            text NOT NULL,
    value          text NOT NULL,
    visits         bigint NOT NULL,
    bounces        bigint NOT NULL,
    quiet_bounces  bigint NOT NULL,
    duration_ms    bigint NOT NULL,
    new            bigint NOT NULL,
    views          bigint NOT NULL
);
CREATE INDEX roll_dim_span ON roll_dim (site, dim, grain, span, class);

CREATE TABLE roll_zone (
    site             integer NOT NULL,
    class            smallint NOT NULL,
    span             timestamptz NOT NULL,  -- a UTC day
    zone             text NOT NULL,
    visitors_before  bigint NOT NULL,       -- distinct visitors before the zone's midnight
    visitors_after   bigint NOT NULL,
    PRIMARY KEY (site, span, class, zone)
);

-- The last day that the month rows of a site contain.
CREATE TABLE roll_months (
    site     integer NOT NULL,
    month    date NOT NULL,
    through  date NOT NULL,
    PRIMARY KEY (site, month)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('roll_site', by_range('span', INTERVAL '365 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_path', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_event', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_dim', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_zone', by_range('span', INTERVAL '365 days'), create_default_indexes => false);
    END IF;
END $$;
