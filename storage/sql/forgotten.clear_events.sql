-- Removes the events of visitors; gives the hour of each.
DELETE FROM events USING unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
WHERE events.visitor = given.visitor AND events.site = given.site AND events.ts >= %(begin)s
RETURNING events.site, date_trunc('hour', events.ts, 'UTC')
