-- Some kudos of a site and a time, the newest first.
SELECT id, uid, path, (extract(epoch FROM created_at) * 1000)::bigint
FROM kudos
WHERE
    site = %(site)s
    AND created_at >= %(begin)s
    AND created_at < %(end)s
    AND (%(path)s::text IS NULL OR path = %(path)s)
    AND (%(uid)s::text IS NULL OR uid = %(uid)s)
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s OFFSET %(offset)s
