-- Waits until nobody else holds this lock; held until it is given back or the connection ends.
SELECT pg_advisory_lock(%(space)s, %(key)s)
