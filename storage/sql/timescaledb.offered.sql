-- Could this server have the extension, and does this database not have it yet? One row if so.
SELECT FROM pg_available_extensions WHERE name = 'timescaledb' AND installed_version IS NULL
