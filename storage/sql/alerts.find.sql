-- An alert of a live site by its id.
SELECT {columns}
FROM alerts
JOIN sites ON sites.id = alerts.site AND sites.deleted_at IS NULL
WHERE alerts.id = %(id)s
