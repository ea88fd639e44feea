-- The imports that have ended, for a backup: one under way has a salt, and is begun anew after a restore.
SELECT {columns} FROM {table} WHERE salt IS NULL
