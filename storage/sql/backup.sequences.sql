-- The last value that each sequence of the schema has given, of those that gave one.
SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL
