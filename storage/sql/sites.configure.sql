-- Sets all settings of a site. A monitor that is switched off begins anew when it is switched on; one whose address is
-- another than before is due at once.
WITH ended AS (UPDATE monitors SET url = '' WHERE site = %(id)s AND NOT %(uptime)s),

begun AS (
    UPDATE jobs SET due_at = now()
    FROM monitors INNER JOIN sites ON sites.id = monitors.site
    WHERE
        sites.id = %(id)s
        AND jobs.kind = 'uptime'
        AND jobs.subject = sites.id
        AND jobs.due_at > now()
        AND monitors.url <> coalesce(nullif(%(uptime_url)s, ''), 'https://' || sites.domain || '/')
)

UPDATE sites
SET
    allowed_hosts = %(allowed_hosts)s,
    excluded_paths = %(excluded_paths)s,
    excluded_countries = %(excluded_countries)s,
    honour_gpc = %(honour_gpc)s,
    honour_dnt = %(honour_dnt)s,
    keep_ips = %(keep_ips)s,
    unique_hits = %(unique_hits)s,
    uptime = %(uptime)s,
    uptime_url = %(uptime_url)s,
    content = %(content)s,
    content_url = %(content_url)s,
    insights = %(insights)s,
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
