-- Whether this transaction holds the lock alone from now on; nobody waits.
SELECT pg_try_advisory_xact_lock(%(space)s, %(key)s)
