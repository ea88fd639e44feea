-- Keeps who was whom on the day before.
INSERT INTO midnight_links (site, class, visitor, prev, day)
SELECT * FROM unnest(%(sites)s::integer[], %(classes)s::smallint[], %(visitors)s::bigint[], %(prevs)s::bigint[], %(days)s::date[])
ON CONFLICT DO NOTHING
