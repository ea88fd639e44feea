-- A place of this connection for the sessions of one batch.
CREATE TEMPORARY TABLE IF NOT EXISTS staged_sessions (LIKE sessions) ON COMMIT DELETE ROWS
