-- Notes that a job was done, and when it is due again; one that was made due while it ran stays so.
UPDATE jobs SET due_at = CASE WHEN due_at > started_at THEN due_at ELSE %(due_at)s END,
                ended_at = %(now)s, succeeded_at = %(now)s, failures = 0, error = ''
WHERE id = %(id)s
