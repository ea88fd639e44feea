-- The keys that all processes share, for a backup: without the one that API keys are encrypted with.
SELECT {columns} FROM {table} WHERE name <> 'keys'
