-- The alerts of sites, the oldest first.
SELECT {columns}
FROM alerts
JOIN sites ON sites.id = alerts.site AND sites.deleted_at IS NULL
WHERE alerts.site = ANY (%(sites)s)
ORDER BY alerts.created_at, alerts.number
