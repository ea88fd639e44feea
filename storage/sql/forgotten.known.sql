-- Those of some hashes that have events on their site.
SELECT given.site, given.visitor FROM unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
WHERE EXISTS (
    SELECT FROM events WHERE events.visitor = given.visitor AND events.site = given.site AND events.ts >= %(begin)s
)
