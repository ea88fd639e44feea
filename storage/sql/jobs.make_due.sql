-- Makes a job due now.
UPDATE jobs SET due_at = %(now)s WHERE kind = %(kind)s AND subject = %(subject)s
