-- Drops what a hypertable has of a day.
SELECT drop_chunks(%(table)s::regclass, older_than => %(end)s::timestamptz, newer_than => %(begin)s::timestamptz)
