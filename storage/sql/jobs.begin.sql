-- Begins those of the locked jobs that nobody has done since they were found to be due.
UPDATE jobs SET started_at = %(now)s
WHERE id = ANY(%(ids)s) AND due_at <= %(now)s
RETURNING {columns}
