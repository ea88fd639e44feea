-- Forgets who wrote to logs that have no position any more.
DELETE FROM producers WHERE NOT EXISTS (SELECT FROM positions WHERE positions.log = producers.log)
