-- How many downtimes a site ever had, how many go on, and how many there were since some time.
SELECT
    count(*),
    count(*) FILTER (WHERE ended_at IS NULL),
    count(*) FILTER (WHERE ended_at IS NULL OR ended_at > %(since)s)
FROM downtimes
WHERE site = %(site)s
