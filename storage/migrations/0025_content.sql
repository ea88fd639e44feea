-- What is known of a site's content beside its issues; a site that was never looked at has no row.
CREATE TABLE content_monitors (
    site                integer PRIMARY KEY,
    ran_at              timestamptz,  -- when the last whole run ended
    checked_at          timestamptz,  -- the same, or when its issues were last checked again, whichever was later
    due_at              timestamptz,  -- of the next whole run; null: now
    ok_count            integer NOT NULL DEFAULT 0,
    is_whole            boolean NOT NULL DEFAULT true,  -- false: the last run ended at a bound
    problem             text NOT NULL DEFAULT '',  -- why nothing can be checked now
    emails_paused       boolean NOT NULL DEFAULT false,
    emails_paused_until timestamptz  -- null: until somebody says so
);

-- What was found. An issue that is resolved keeps its number for a while, lest it comes back.
CREATE TABLE content_issues (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        integer NOT NULL,
    kind        text NOT NULL,  -- broken_link, mixed_content
    url         text NOT NULL,
    found_on    text NOT NULL,  -- a page that has it
    status_code integer,
    message     text NOT NULL,
    found_at    timestamptz NOT NULL,
    checked_at  timestamptz NOT NULL,
    resolved_at timestamptz,
    ignored     boolean NOT NULL DEFAULT false,
    UNIQUE (site, kind, url)
);

-- Runs that are under way, at most one of a site.
CREATE TABLE crawls (
    site       integer PRIMARY KEY,
    kind       text NOT NULL,  -- whole, recheck
    url        text NOT NULL,  -- where it was to begin
    root       text NOT NULL,  -- where that led to
    started_at timestamptz NOT NULL,
    spent      integer NOT NULL DEFAULT 0,  -- ms of work
    robots     text NOT NULL DEFAULT ''
);

-- What the run has found so far, in the order in which it is checked.
CREATE TABLE crawl_urls (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site        integer NOT NULL,
    url         text NOT NULL,
    role        text NOT NULL,  -- page: it is read; link: it is only asked for
    depth       smallint NOT NULL,
    found_on    text NOT NULL,
    insecure_on text NOT NULL DEFAULT '',  -- a page over https that takes it in over http
    attempts    smallint NOT NULL DEFAULT 0,
    outcome     text,  -- ok, broken, unknown; null: not checked yet
    is_read     boolean NOT NULL DEFAULT false,
    status_code integer,
    message     text NOT NULL DEFAULT '',
    checked_at  timestamptz,
    UNIQUE (site, url)
);
CREATE INDEX crawl_urls_waiting ON crawl_urls (site, attempts, number) WHERE outcome IS NULL;
