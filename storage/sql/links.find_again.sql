-- Finds the links over midnights since a day again, where a stored session lasts over them: such a session has an event
-- in the half hour after it.
INSERT INTO midnight_links (site, class, visitor, prev, day)
SELECT DISTINCT events.site, events.class, events.visitor, sessions.visitor, events.ts::date
FROM sessions
JOIN events USING (site, session_id, class)
WHERE sessions.start >= %(since)s::date - INTERVAL '1 day' AND events.ts >= %(since)s::date
    AND sessions.last >= sessions.start::date + INTERVAL '1 day'
    AND events.ts >= sessions.start::date + INTERVAL '1 day'
    AND events.ts < sessions.start::date + INTERVAL '1 day 30 minutes'
    AND sessions.visitor <> 0 AND events.visitor <> sessions.visitor
ON CONFLICT DO NOTHING
