-- Adds rows from text, as COPY reads it.
COPY {table} ({columns}) FROM STDIN
