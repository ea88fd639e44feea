-- Forgets producers that the log can no longer repeat.
DELETE FROM producers WHERE seen_at < %(before)s
