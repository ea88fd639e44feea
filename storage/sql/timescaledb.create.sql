-- Make the extension, so that the migrations make hypertables.
CREATE EXTENSION IF NOT EXISTS timescaledb
