-- Locks jobs that are due, the longest first, so many of each kind; those that others have are passed over.
WITH found AS MATERIALIZED (
    SELECT due.id
    FROM unnest(%(kinds)s::text[], %(most)s::integer[]) AS wanted (kind, most)
    CROSS JOIN LATERAL (
        SELECT id FROM jobs
        WHERE jobs.kind = wanted.kind AND due_at <= %(now)s AND id NOT IN ({running})
        ORDER BY due_at, id
        LIMIT wanted.most
    ) AS due
)
SELECT id FROM found WHERE pg_try_advisory_lock(%(space)s, id)
