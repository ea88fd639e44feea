-- Takes away what migrations put into a table, before the rows of a copy come.
DELETE FROM {table}
