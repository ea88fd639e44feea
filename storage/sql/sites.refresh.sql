-- Those of these sites that are still live.
SELECT
    id, uuid, account_id, domain, content_groups, excluded_ips, honour_gpc, honour_dnt, time_zone,
    (extract(epoch FROM created_at) * 1000)::bigint AS created_at
FROM sites
WHERE uuid = ANY(%(uuids)s) AND deleted_at IS NULL
