-- What an alert is made of, in every statement that gives one.
alerts.id, alerts.number, alerts.site, alerts.metric, alerts.operator, alerts.threshold, alerts.email, alerts.webhook,
(extract(epoch FROM alerts.created_at) * 1000)::bigint AS created_at,
alerts.value,
(extract(epoch FROM alerts.checked_at) * 1000)::bigint AS checked_at,
(extract(epoch FROM alerts.firing_since) * 1000)::bigint AS firing_since,
(extract(epoch FROM alerts.told_at) * 1000)::bigint AS told_at,
alerts.is_told
