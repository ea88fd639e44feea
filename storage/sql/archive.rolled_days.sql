-- The days of a site, from one to before another, that have rollups or files.
SELECT span FROM roll_site WHERE site = %(site)s AND grain = 1 AND span >= %(begin)s AND span < %(end)s
UNION
SELECT day AT TIME ZONE 'UTC'
FROM archive_files
CROSS JOIN LATERAL generate_series(begins::timestamp, ends - INTERVAL '1 day', INTERVAL '1 day') AS day
WHERE site = %(site)s AND replaced_at IS NULL
    AND day AT TIME ZONE 'UTC' >= %(begin)s AND day AT TIME ZONE 'UTC' < %(end)s AND ends - begins = 1
ORDER BY 1
