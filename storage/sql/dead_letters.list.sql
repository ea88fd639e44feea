-- The dead letters after `after` that were not replayed (or all), oldest first.
SELECT id, log, partition, message, appended_at, reason, error, payload, replayed_at
FROM dead_letters
WHERE id > %(after)s AND (%(all)s OR replayed_at IS NULL)
    AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
ORDER BY id
LIMIT %(limit)s
