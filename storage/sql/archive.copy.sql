-- Takes rows of an archived day back into a table.
COPY {table} ({columns}) FROM STDIN (FORMAT csv, NULL '\N')
