-- A downtime begins with the first check that failed.
INSERT INTO downtimes (site, error, started_at) VALUES (%(site)s, %(error)s, %(now)s)
