-- A site's realtime window: active visitors, those of the last minutes, top pages, events by type and what happened in
-- each minute of the clock, of humans, in one snapshot. A minute has the seconds that end in it.
WITH links AS MATERIALIZED (
    SELECT visitor, min(prev) AS prev
    FROM midnight_links
    WHERE %(day)s::date IS NOT NULL AND site = %(site)s AND class = 0 AND day = %(day)s::date
    GROUP BY visitor
),
seen AS MATERIALIZED (
    SELECT
        coalesce(links.prev, events.visitor) AS anchor,
        events.type,
        events.path,
        ceil(extract(epoch FROM events.ts) / 60)::bigint - 1 AS minute,
        events.ts > %(here)s AS here,
        count(*) AS sights
    FROM events
    LEFT JOIN links ON links.visitor = events.visitor
    WHERE events.site = %(site)s AND events.ts > %(after)s AND events.ts <= %(until)s AND events.class = 0
    GROUP BY 1, 2, 3, 4, 5
)
SELECT 'active', '', count(DISTINCT anchor)
FROM seen
WHERE anchor <> 0
UNION ALL
SELECT 'here', '', count(DISTINCT anchor)
FROM seen
WHERE anchor <> 0 AND here
UNION ALL
SELECT 'visitors', minute::text, count(DISTINCT anchor)
FROM seen
WHERE anchor <> 0
GROUP BY minute
UNION ALL
SELECT 'views', minute::text, sum(sights)::bigint
FROM seen
WHERE type = 'page_view'
GROUP BY minute
UNION ALL
(
    SELECT 'page', path, count(DISTINCT anchor)
    FROM seen
    WHERE anchor <> 0 AND type = 'page_view'
    GROUP BY path
    ORDER BY count(DISTINCT anchor) DESC, path COLLATE "C"
    LIMIT %(top)s
)
UNION ALL
SELECT 'type', type, sum(sights)::bigint
FROM seen
GROUP BY type
