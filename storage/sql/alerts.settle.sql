-- Notes how an alert stands.
UPDATE alerts
SET value = %(value)s,
    checked_at = %(checked_at)s,
    firing_since = %(firing_since)s,
    told_at = %(told_at)s,
    is_told = %(is_told)s
WHERE number = %(number)s
