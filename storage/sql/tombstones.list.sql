-- Which sites are deleted, so that their events are dropped on the way?
SELECT id FROM sites WHERE deleted_at IS NOT NULL
