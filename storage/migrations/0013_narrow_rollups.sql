-- Rollups in half of their bytes: integers for counts, a number for the dimension, the widest columns first, and views
-- by their own values beside the visits of the same value. The tables are written anew: of a million rows that takes
-- about half a minute, and as much disk as they will need, beside what they need now.

-- What the numbers in roll_dim mean; one that is not used any more is never used again.
CREATE TABLE dimensions (
    number  smallint PRIMARY KEY,
    name    text NOT NULL UNIQUE
);
INSERT INTO dimensions (number, name) VALUES
    (1, 'channel'), (2, 'referrer'), (3, 'utm'), (4, 'utm_source'), (5, 'utm_medium'), (6, 'utm_campaign'),
    (7, 'utm_content'), (8, 'utm_term'), (9, 'hostname'), (10, 'country'), (11, 'region'), (12, 'city'),
    (13, 'browser'), (14, 'browser_version'), (15, 'os'), (16, 'os_version'), (17, 'device'), (18, 'screen');

ALTER TABLE roll_path RENAME TO wide_path;
ALTER TABLE roll_event RENAME TO wide_event;
ALTER TABLE roll_dim RENAME TO wide_dim;
DROP INDEX roll_path_span;
DROP INDEX roll_path_path;
DROP INDEX roll_event_span;
DROP INDEX roll_dim_span;

-- A month of which an integer does not hold a sum has a row for each day with the same key: rows are always added up.
CREATE TABLE roll_path (
    span              timestamptz NOT NULL,
    duration_ms       bigint NOT NULL,
    engaged_ms        bigint NOT NULL,
    site              integer NOT NULL,
    views             integer NOT NULL,
    s1                integer NOT NULL,
    d1                integer NOT NULL,
    landings          integer NOT NULL,
    bounces           integer NOT NULL,
    quiet_bounces     integer NOT NULL,
    exits             integer NOT NULL,
    scroll_25         integer NOT NULL,
    scroll_50         integer NOT NULL,
    scroll_75         integer NOT NULL,
    journey_entries   integer NOT NULL,  -- day and month only
    journey_exits     integer NOT NULL,  -- day and month only
    grain             smallint NOT NULL,
    class             smallint NOT NULL,
    path              text NOT NULL
);

CREATE TABLE roll_event (
    span   timestamptz NOT NULL,
    site   integer NOT NULL,
    count  integer NOT NULL,
    s1     integer NOT NULL,
    d1     integer NOT NULL,
    grain  smallint NOT NULL,
    class  smallint NOT NULL,
    type   text NOT NULL,
    name   text NOT NULL
);

CREATE TABLE roll_dim (
    span           timestamptz NOT NULL,
    duration_ms    bigint NOT NULL,
    site           integer NOT NULL,
    visits         integer NOT NULL,
    bounces        integer NOT NULL,
    quiet_bounces  integer NOT NULL,
    new            integer NOT NULL,
    views          integer NOT NULL,  -- in visits of this value
    hits           integer NOT NULL,  -- views of this value, whatever their visit's is: of country, referrer, browser, os
    grain          smallint NOT NULL,
    class          smallint NOT NULL,
    dim            smallint NOT NULL,
    value          text NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('roll_path', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_event', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
        PERFORM create_hypertable('roll_dim', by_range('span', INTERVAL '90 days'), create_default_indexes => false);
    END IF;
END $$;

INSERT INTO roll_path (
    site, grain, class, span, path, views, s1, d1, landings, bounces, quiet_bounces, duration_ms, exits, engaged_ms,
    scroll_25, scroll_50, scroll_75, journey_entries, journey_exits
)
SELECT
    site, grain, class, span, path, views, s1, d1, landings, bounces, quiet_bounces, duration_ms, exits, engaged_ms,
    scroll_25, scroll_50, scroll_75, journey_entries, journey_exits
FROM wide_path
ORDER BY span, grain, site;

INSERT INTO roll_event (site, grain, class, span, type, name, count, s1, d1)
SELECT site, grain, class, span, type, name, count, s1, d1
FROM wide_event
ORDER BY span, grain, site;

INSERT INTO roll_dim (
    site, grain, class, span, dim, value, visits, bounces, quiet_bounces, duration_ms, new, views, hits
)
SELECT
    wide.site, wide.grain, wide.class, wide.span, dimensions.number, wide.value, sum(wide.visits), sum(wide.bounces),
    sum(wide.quiet_bounces), sum(wide.duration_ms), sum(wide.new),
    coalesce(sum(wide.views) FILTER (WHERE wide.dim = dimensions.name), 0),
    coalesce(sum(wide.views) FILTER (WHERE wide.dim <> dimensions.name), 0)
FROM wide_dim AS wide
JOIN dimensions ON dimensions.name = regexp_replace(wide.dim, '^hit_', '')
GROUP BY wide.site, wide.grain, wide.class, wide.span, dimensions.number, wide.value
ORDER BY wide.span, wide.grain, wide.site, dimensions.number;

DROP TABLE wide_path;
DROP TABLE wide_event;
DROP TABLE wide_dim;

-- Entries of the same key share it, so what has few keys takes few bytes: the hash of a path is there once, not once a
-- day. One page's rows of all spans are read together, and those not asked for are passed over.
CREATE INDEX roll_path_span ON roll_path (site, grain, span);
CREATE INDEX roll_path_path ON roll_path (hashtextextended(path, site));
CREATE INDEX roll_event_span ON roll_event (site, grain, span);
CREATE INDEX roll_dim_span ON roll_dim (site, dim, grain, span);

ANALYZE roll_path, roll_event, roll_dim;
