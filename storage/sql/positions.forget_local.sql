-- Forgets how far the log of a single node was applied: nobody applies it any more.
DELETE FROM positions WHERE log = %(local)s
