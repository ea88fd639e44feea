-- Lets go of all that the connection holds across its transactions.
SELECT pg_advisory_unlock_all()
