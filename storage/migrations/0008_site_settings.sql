-- What an owner may set of a site beyond its addresses and groups. Null days: for ever.
ALTER TABLE sites
    ADD COLUMN allowed_hosts          text[] NOT NULL DEFAULT '{}',  -- globs; none: any host counts
    ADD COLUMN excluded_paths         text[] NOT NULL DEFAULT '{}',  -- globs
    ADD COLUMN excluded_countries     text[] NOT NULL DEFAULT '{}',  -- ISO 3166-1 alpha-2
    ADD COLUMN week_start             text NOT NULL DEFAULT 'monday'
        CHECK (week_start IN ('monday', 'saturday', 'sunday')),
    ADD COLUMN file_retention_days    integer CHECK (file_retention_days > 0),
    ADD COLUMN rollup_retention_days  integer CHECK (rollup_retention_days > 0);

-- Some gaps are left by a changed time zone: nothing is missing but the visitors around its midnight.
ALTER TABLE rollup_gaps ADD COLUMN only_zone boolean NOT NULL DEFAULT false;
