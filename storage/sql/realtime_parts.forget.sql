-- Forgets what owners of partitions saw that do not write any more.
DELETE FROM realtime_parts WHERE at < %(before)s
