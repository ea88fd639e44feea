-- Waits for whoever holds a lock alone, and shares it until the transaction ends.
SELECT pg_advisory_xact_lock_shared(%(space)s, %(key)s)
