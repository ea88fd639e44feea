-- Addresses to be checked in a run that is under way; of a known one only that it is taken in over http is news.
INSERT INTO crawl_urls AS known (site, url, role, depth, found_on, insecure_on)
SELECT crawls.site, added.url, added.role, %(depth)s, %(found_on)s, added.insecure_on
FROM unnest(%(urls)s::text[], %(roles)s::text[], %(insecure_on)s::text[]) WITH ORDINALITY
    AS added (url, role, insecure_on, place)
INNER JOIN crawls ON crawls.site = %(site)s
ORDER BY added.place
ON CONFLICT (site, url) DO UPDATE SET insecure_on = excluded.insecure_on
WHERE known.insecure_on = '' AND excluded.insecure_on <> ''
