-- Removes what visitors' events said beside their columns.
DELETE FROM event_properties USING unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
WHERE event_properties.visitor = given.visitor AND event_properties.site = given.site AND event_properties.ts >= %(begin)s
