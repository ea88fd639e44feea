-- When the oldest event or session in the tables was, null if there is none.
SELECT min(oldest.at)
FROM (
    SELECT (SELECT ts FROM events WHERE site = sites.id ORDER BY ts LIMIT 1) AS at FROM sites
    UNION ALL
    SELECT (SELECT start FROM sessions WHERE site = sites.id ORDER BY start LIMIT 1) FROM sites
) AS oldest
