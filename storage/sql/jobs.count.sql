-- How many jobs of each kind are in each state.
SELECT kind, CASE
    WHEN id IN ({running}) THEN 'running'
    WHEN due_at < %(late)s THEN 'late'
    WHEN due_at <= %(now)s THEN 'due'
    WHEN failures > 0 THEN 'failed'
    ELSE 'waiting'
END AS state, count(*)
FROM jobs
WHERE kind = ANY(%(kinds)s::text[])
GROUP BY 1, 2
