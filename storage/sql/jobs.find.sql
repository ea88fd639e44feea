-- Jobs, the longest due first, with whether they run, and the domain of the site that they are for.
SELECT {columns}, id IN ({running}) AS running,
       (SELECT domain FROM sites WHERE sites.id = jobs.subject AND jobs.kind = ANY(%(of_sites)s::text[])) AS domain
FROM jobs
WHERE kind = ANY(%(kinds)s::text[])
ORDER BY due_at, id
