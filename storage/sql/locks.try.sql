-- Whether this connection holds the lock now; nobody waits.
SELECT pg_try_advisory_lock(%(space)s, %(key)s)
