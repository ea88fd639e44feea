-- Notes that a job failed, why, and when it is tried again; one that was made due while it ran stays so.
UPDATE jobs SET due_at = CASE WHEN due_at > started_at THEN due_at ELSE %(due_at)s END,
                ended_at = %(now)s, failures = failures + 1, error = %(error)s
WHERE id = %(id)s
