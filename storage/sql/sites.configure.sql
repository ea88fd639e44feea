-- Sets all settings of a site.
UPDATE sites
SET
    allowed_hosts = %(allowed_hosts)s,
    excluded_paths = %(excluded_paths)s,
    excluded_countries = %(excluded_countries)s,
    honour_gpc = %(honour_gpc)s,
    honour_dnt = %(honour_dnt)s,
    keep_ips = %(keep_ips)s,
    unique_hits = %(unique_hits)s,
    time_zone = %(time_zone)s,
    week_start = %(week_start)s,
    file_retention_days = %(file_retention_days)s,
    rollup_retention_days = %(rollup_retention_days)s,
    retention_from = CASE
        WHEN (file_retention_days, rollup_retention_days)
            IS DISTINCT FROM (%(file_retention_days)s::integer, %(rollup_retention_days)s::integer)
            THEN now() + INTERVAL '24 hours'
        ELSE retention_from
    END,
    updated_at = now()
WHERE id = %(id)s
