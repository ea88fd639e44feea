-- Waits until nobody else holds this lock; held until the transaction ends.
SELECT pg_advisory_xact_lock(%(space)s, %(key)s)
