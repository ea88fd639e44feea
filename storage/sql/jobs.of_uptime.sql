-- The sites that are to be asked if they are up, and since or from when. One that was given up stays so until its owner
-- switches it off and on, or names another address.
SELECT sites.id AS subject, greatest(now(), CASE WHEN monitors.url = asked.url THEN monitors.due_at END) AS due_at
FROM sites
CROSS JOIN LATERAL (SELECT coalesce(nullif(sites.uptime_url, ''), 'https://' || sites.domain || '/') AS url) AS asked
LEFT JOIN monitors ON monitors.site = sites.id
WHERE
    sites.uptime
    AND sites.deleted_at IS NULL
    AND (monitors.id IS NULL OR monitors.due_at IS NOT NULL OR monitors.url <> asked.url)
