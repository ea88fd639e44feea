-- Every file of the archive, once. The current ones, of which nothing replaced any, hold each archived day once: where a
-- day has files of its own, those of its month do not speak of it.
CREATE SEQUENCE archive_versions;
CREATE TABLE archive_files (
    site         integer NOT NULL,
    kind         text NOT NULL,      -- events, sessions
    begins       date NOT NULL,
    ends         date NOT NULL,      -- the day after its last
    version      bigint NOT NULL,    -- from a sequence that never restarts: no name ever stands for two files
    rows         bigint NOT NULL,
    bytes        bigint NOT NULL,
    sha256       bytea NOT NULL,
    sums         jsonb NOT NULL,     -- by class, what the rollups say too
    final        boolean NOT NULL DEFAULT false,  -- nothing but an import or a replay can change what it holds
    verified_at  timestamptz,        -- when it was last read again and agreed
    written_at   timestamptz NOT NULL DEFAULT now(),
    replaced_at  timestamptz,
    PRIMARY KEY (site, begins, kind, version)
);
CREATE UNIQUE INDEX archive_files_current ON archive_files (site, begins, ends, kind) WHERE replaced_at IS NULL;
CREATE INDEX archive_files_replaced ON archive_files (replaced_at) WHERE replaced_at IS NOT NULL;

-- One row, once rows were dropped. Days before `rows_from` are read from files, whatever the tables still hold of them.
CREATE TABLE archive_retention (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    rows_from  date NOT NULL,
    moved_at   timestamptz NOT NULL
);

-- Days before `rows_from` whose rows were put back, so that something could be added: they are read as if they had
-- never left, until their files are final again.
CREATE TABLE archive_thawed (
    site  integer NOT NULL,
    day   date NOT NULL,
    PRIMARY KEY (site, day)
);
