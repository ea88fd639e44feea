-- Forgets the keys of which nothing was let through since then.
DELETE FROM rate_limits WHERE hits[cardinality(hits)] < %(before)s OR cardinality(hits) = 0
