-- Is there a database of this name? One row if so.
SELECT FROM pg_database WHERE datname = %s
