-- When the insights of a site are made next, if they are.
SELECT (extract(epoch FROM due_at) * 1000)::bigint FROM jobs WHERE kind = 'insights' AND subject = %(site)s
