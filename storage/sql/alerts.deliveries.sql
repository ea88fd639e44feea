-- What became of the last message about each alert of sites, by the way it goes.
SELECT DISTINCT ON (data ->> 'alert', channel)
    (data ->> 'alert')::uuid, channel, kind, (extract(epoch FROM created_at) * 1000)::bigint, attempts,
    (extract(epoch FROM sent_at) * 1000)::bigint, (extract(epoch FROM given_up_at) * 1000)::bigint, error
FROM messages
WHERE site = ANY (%(sites)s) AND kind IN ('alert', 'alert_cleared')
ORDER BY data ->> 'alert', channel, id DESC
