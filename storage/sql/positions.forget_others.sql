-- Forgets how far the logs of a cluster were applied: nobody applies them any more.
DELETE FROM positions WHERE log <> %(local)s
