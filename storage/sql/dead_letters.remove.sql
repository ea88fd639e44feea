-- Removes dead letters, replayed or not.
DELETE FROM dead_letters WHERE id = ANY(%(ids)s)
