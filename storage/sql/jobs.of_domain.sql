-- The sites of which it is to be found out when their domain ends, the monitored ones: at once, then once a day.
SELECT
    sites.id::bigint AS subject,
    coalesce(domain_checks.tested_at + interval '1 day', now()) AS due_at
FROM sites
LEFT JOIN domain_checks ON domain_checks.site = sites.id AND domain_checks.domain = sites.domain
WHERE sites.uptime AND sites.deleted_at IS NULL
