-- Adds to the work of a run, in ms.
UPDATE crawls SET spent = spent + %(spent)s WHERE site = %(site)s
