-- How many kudos of a site and a time there are.
SELECT count(*)
FROM kudos
WHERE
    site = %(site)s
    AND created_at >= %(begin)s
    AND created_at < %(end)s
    AND (%(path)s::text IS NULL OR path = %(path)s)
    AND (%(uid)s::text IS NULL OR uid = %(uid)s)
