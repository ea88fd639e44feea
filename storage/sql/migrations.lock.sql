-- Wait until nobody else migrates; held until the connection ends.
SELECT pg_advisory_lock(%s)
