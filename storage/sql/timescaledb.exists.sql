-- Whether the database has the extension.
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
