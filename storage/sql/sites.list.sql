-- The live sites of one account, or of all where none is given, oldest first.
SELECT
    id, uuid, account_id, domain, content_groups, excluded_ips, honour_gpc, honour_dnt, time_zone,
    (extract(epoch FROM created_at) * 1000)::bigint AS created_at
FROM sites
WHERE deleted_at IS NULL AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
ORDER BY created_at, id
