-- When each alert is to be looked at: at once, then every hour.
SELECT alerts.number AS subject, coalesce(alerts.checked_at + interval '1 hour', alerts.created_at) AS due_at
FROM alerts
JOIN sites ON sites.id = alerts.site AND sites.deleted_at IS NULL
