-- Some insights of a site, the newest first.
SELECT id, insights_for_date, (extract(epoch FROM generated_at) * 1000)::bigint, document
FROM insights
WHERE site = %(site)s
ORDER BY insights_for_date DESC
LIMIT %(limit)s OFFSET %(offset)s
