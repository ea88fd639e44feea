-- Says from which day on rows are read from the tables.
INSERT INTO archive_retention (rows_from, moved_at) VALUES (%(day)s, %(at)s)
ON CONFLICT (one) DO UPDATE SET rows_from = excluded.rows_from, moved_at = excluded.moved_at
