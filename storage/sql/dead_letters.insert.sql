-- Keeps a message or an event that cannot be counted.
INSERT INTO dead_letters (log, partition, message, appended_at, reason, error, payload) VALUES (%s, %s, %s, %s, %s, %s, %s)
