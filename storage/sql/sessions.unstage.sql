-- Empties the staging table before the transaction's end.
DELETE FROM staged_sessions
