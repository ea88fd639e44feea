-- Where the humans of a site are who were seen in the last minutes: each at the page of the last view, from the source
-- that brought them last, in the country and at the device of the last event; and the custom events of these minutes.
WITH links AS MATERIALIZED (
    SELECT visitor, min(prev) AS prev
    FROM midnight_links
    WHERE %(day)s::date IS NOT NULL AND site = %(site)s AND class = 0 AND day = %(day)s::date
    GROUP BY visitor
),
seen AS MATERIALIZED (
    SELECT
        coalesce(links.prev, events.visitor) AS anchor,
        events.ts,
        events.event_id,
        events.type,
        events.name,
        events.path,
        events.referrer_host,
        events.country,
        events.device
    FROM events
    LEFT JOIN links ON links.visitor = events.visitor
    WHERE events.site = %(site)s AND events.ts > %(after)s AND events.ts <= %(until)s AND events.class = 0
        AND (events.ts > %(here)s OR events.type = 'page_view' OR events.referrer_host <> '')
),
here AS (
    SELECT DISTINCT ON (anchor) anchor, path, country, device
    FROM seen
    WHERE anchor <> 0 AND ts > %(here)s
    ORDER BY anchor, ts DESC, event_id DESC
),
viewed AS (
    SELECT DISTINCT ON (anchor) anchor, path
    FROM seen
    WHERE type = 'page_view'
    ORDER BY anchor, ts DESC, event_id DESC
),
brought AS (
    SELECT DISTINCT ON (anchor) anchor, referrer_host
    FROM seen
    WHERE referrer_host <> ''
    ORDER BY anchor, ts DESC, event_id DESC
),
people AS MATERIALIZED (
    SELECT
        coalesce(viewed.path, here.path) AS path,
        coalesce(brought.referrer_host, '') AS source,
        here.country,
        here.device
    FROM here
    LEFT JOIN viewed USING (anchor)
    LEFT JOIN brought USING (anchor)
),
counted (list, value, count) AS (
    SELECT 'pages', path, count(*) FROM people GROUP BY path
    UNION ALL
    SELECT 'sources', source, count(*) FROM people GROUP BY source
    UNION ALL
    SELECT 'countries', country, count(*) FROM people GROUP BY country
    UNION ALL
    SELECT 'devices', device, count(*) FROM people GROUP BY device
    UNION ALL
    SELECT 'events', name, count(*) FROM seen WHERE type = 'custom' AND ts > %(here)s GROUP BY name
)
SELECT list, value, count
FROM (
    SELECT
        list,
        value,
        count,
        row_number() OVER (PARTITION BY list ORDER BY count DESC, value COLLATE "C") AS place
    FROM counted
) AS placed
WHERE place <= %(top)s
ORDER BY list, place
