-- Says that visitors were forgotten.
INSERT INTO forgotten (site, visitor, until)
SELECT given.site, given.visitor, %(until)s FROM unnest(%(sites)s::integer[], %(visitors)s::bigint[]) AS given (site, visitor)
