-- What a realtime window needs of the humans' events after an instant: of all sites, with their hash of the day before.
SELECT
    events.ts,
    events.site,
    events.visitor,
    events.type,
    events.path,
    coalesce(links.prev, 0),
    events.event_id,
    events.name,
    events.referrer_host,
    events.country,
    events.device
FROM events
LEFT JOIN (
    SELECT site, visitor, day, min(prev) AS prev
    FROM midnight_links
    WHERE class = 0
    GROUP BY site, visitor, day
) AS links
    ON links.visitor = events.visitor AND links.site = events.site AND links.day = events.ts::date
WHERE events.ts > %(after)s AND events.class = 0
