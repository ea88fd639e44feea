-- Changes what was given (null: leave it) of a live site, of this account where one is given.
UPDATE sites
SET
    domain = coalesce(%(domain)s, domain),
    content_groups = coalesce(%(content_groups)s, content_groups),
    excluded_ips = coalesce(%(excluded_ips)s::text[], excluded_ips),
    name = coalesce(%(name)s, name),
    public = coalesce(%(public)s, public),
    updated_at = now()
WHERE uuid = %(uuid)s AND deleted_at IS NULL AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
RETURNING {columns}
