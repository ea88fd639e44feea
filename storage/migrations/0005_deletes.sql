-- A deleted site stays as a tombstone; `swept` is how often everything of it was removed since.
ALTER TABLE sites ADD COLUMN swept smallint NOT NULL DEFAULT 0;
CREATE INDEX sites_to_sweep ON sites (deleted_at) WHERE deleted_at IS NOT NULL AND swept < 3;
