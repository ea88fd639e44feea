-- Makes the jobs of a kind that are missing, and removes those that have no subject any more, unless they run.
WITH subjects (subject, due_at) AS (
{subjects}
), removed AS (
    DELETE FROM jobs
    WHERE kind = %(kind)s
      AND NOT EXISTS (SELECT FROM subjects WHERE subjects.subject = jobs.subject)
      AND id NOT IN ({running})
)
-- Without the condition each round would use up a number for each job that is there. NOT IN is hashed, whatever the
-- planner thinks of a table that was empty a moment ago.
INSERT INTO jobs (kind, subject, due_at)
SELECT %(kind)s, subject, due_at FROM subjects
WHERE subject NOT IN (SELECT jobs.subject FROM jobs WHERE jobs.kind = %(kind)s)
ON CONFLICT (kind, subject) DO NOTHING
