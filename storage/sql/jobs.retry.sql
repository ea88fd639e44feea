-- Makes the jobs due now whose last run failed and that wait.
UPDATE jobs SET due_at = %(now)s WHERE kind = ANY(%(kinds)s::text[]) AND failures > 0 AND due_at > %(now)s
