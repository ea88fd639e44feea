-- Waits for whoever holds a lock alone, and shares it until the connection ends.
SELECT pg_advisory_lock_shared(%(space)s, %(key)s)
