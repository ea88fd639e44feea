-- Every site, deleted ones too.
SELECT id FROM sites ORDER BY id
