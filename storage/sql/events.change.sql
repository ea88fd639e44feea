-- Gives stored events another session or other facts. Found by (site, ts): a visitor may have 20,000 events, so the index
-- on visitor would be read once per event, hence "+ 0".
UPDATE events AS e
SET session_id = c.session_id, new = c.facts & 1 <> 0, s1 = c.facts & 2 <> 0, d1 = c.facts & 4 <> 0
FROM unnest(%(sites)s::integer[], %(visitors)s::bigint[], %(instants)s::timestamptz[], %(event_ids)s::bigint[],
            %(session_ids)s::bigint[], %(facts)s::integer[]) AS c (site, visitor, ts, event_id, session_id, facts)
WHERE e.site = c.site AND e.ts = c.ts AND e.event_id = c.event_id AND e.visitor + 0 = c.visitor
    AND e.ts >= %(begin)s AND e.ts <= %(end)s
