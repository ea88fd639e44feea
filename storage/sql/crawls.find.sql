-- The run of a site that is under way.
SELECT kind, url, root, (extract(epoch FROM started_at) * 1000)::bigint, spent, robots
FROM crawls WHERE site = %(site)s
