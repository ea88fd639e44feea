-- Takes rows of a rollup table.
COPY {table} (site, grain, class, span, {columns}) FROM STDIN (FORMAT csv, NULL '\N')
