-- How a site is after its last check, with the downtime that goes on.
SELECT
    monitors.id,
    monitors.site,
    monitors.url,
    (extract(epoch FROM monitors.created_at) * 1000)::bigint,
    (extract(epoch FROM monitors.checked_at) * 1000)::bigint,
    (extract(epoch FROM monitors.due_at) * 1000)::bigint,
    monitors.status,
    monitors.error,
    (extract(epoch FROM monitors.certificate_expires_at) * 1000)::bigint,
    monitors.certificate_valid,
    monitors.certificate_problem,
    monitors.warned_level,
    (extract(epoch FROM monitors.warned_at) * 1000)::bigint,
    (extract(epoch FROM downtimes.started_at) * 1000)::bigint,
    downtimes.confirmed
FROM monitors
LEFT JOIN downtimes ON downtimes.site = monitors.site AND downtimes.ended_at IS NULL
WHERE monitors.site = %(site)s
