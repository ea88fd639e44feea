-- For each partition of a log that gave a sign of life just now, its part of a site, null if it has nothing there.
SELECT alive.partition, part.part
FROM realtime_parts AS alive
LEFT JOIN realtime_parts AS part
    ON part.log = alive.log AND part.partition = alive.partition AND part.site = %(site)s
WHERE alive.log = %(log)s AND alive.site = 0 AND alive.partition < %(partitions)s
    AND alive.at > clock_timestamp() - %(fresh)s::interval
