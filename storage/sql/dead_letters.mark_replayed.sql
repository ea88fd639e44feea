-- Notes that these dead letters were replayed.
UPDATE dead_letters SET replayed_at = %(at)s WHERE id = ANY(%(ids)s) AND replayed_at IS NULL
