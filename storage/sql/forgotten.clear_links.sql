-- Removes who visitors were on the day before and after.
DELETE FROM midnight_links USING unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
WHERE midnight_links.site = given.site AND given.visitor IN (midnight_links.visitor, midnight_links.prev)
