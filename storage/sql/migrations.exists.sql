-- Was this database ever migrated? One row if so.
SELECT FROM pg_class WHERE oid = to_regclass('schema_migrations')
