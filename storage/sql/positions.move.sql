-- Moves a position if nobody else has, and nobody was forgotten meanwhile: the row's lock serialises two owners, and the
-- second one finds no row.
UPDATE positions
SET next = %(new)s, greatest_ts = greatest(greatest_ts, %(greatest_ts)s), applied_to = greatest(applied_to, %(applied_to)s)
WHERE log = %(log)s AND partition = %(partition)s AND next = %(old)s AND epoch = %(epoch)s
