-- All rows of a table, for a copy.
SELECT {columns} FROM {table}
