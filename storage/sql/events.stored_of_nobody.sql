-- Which of these events without a visitor are stored already?
SELECT e.site, e.ts, e.event_id
FROM events e
JOIN unnest(%(sites)s::integer[], %(instants)s::timestamptz[], %(event_ids)s::bigint[]) AS c (site, ts, event_id)
    ON e.site = c.site AND e.ts = c.ts AND e.event_id = c.event_id
WHERE e.visitor = 0 AND e.ts >= %(begin)s AND e.ts <= %(end)s
