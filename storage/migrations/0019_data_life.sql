-- How long a site's files and rollups are kept is held to from now on, and sums outlive what they are of. What was set
-- before begins to count in a week: nothing went by it until now.
ALTER TABLE sites ADD COLUMN retention_from timestamptz NOT NULL DEFAULT 'epoch';  -- until then nothing goes by age
UPDATE sites
SET
    rollup_retention_days = CASE
        WHEN rollup_retention_days >= file_retention_days THEN rollup_retention_days
        WHEN rollup_retention_days IS NOT NULL THEN file_retention_days
    END,
    retention_from = now() + INTERVAL '7 days'
WHERE file_retention_days IS NOT NULL OR rollup_retention_days IS NOT NULL;
ALTER TABLE sites ADD CONSTRAINT sites_retention CHECK (
    rollup_retention_days IS NULL
    OR (file_retention_days IS NOT NULL AND rollup_retention_days >= file_retention_days)
);

-- Of days before `files_from` a site has neither rows nor files any more, of days before `rollups_from` nothing at all.
-- Both only grow: a day that has gone does not come back by halves. What they pass goes ten minutes later.
CREATE TABLE site_retention (
    site          integer PRIMARY KEY,
    files_from    date NOT NULL,
    rollups_from  date NOT NULL,
    moved_at      timestamptz NOT NULL  -- what reads may not know of the last move for ten minutes
);

-- Visitors who were forgotten: events of theirs up to `until` that are still on the way are dropped. A row goes when no
-- log has such an event any more.
CREATE TABLE forgotten (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site     integer NOT NULL,
    visitor  bigint NOT NULL,
    until    timestamptz NOT NULL
);
-- Rises when somebody is forgotten: whoever applies a partition then forgets what it has in memory.
ALTER TABLE positions ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
