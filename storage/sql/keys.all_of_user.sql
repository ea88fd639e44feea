-- A user's keys of an API that work, the newest first: in how many browsers each is signed in, and whether it is in the
-- one whose session this is.
SELECT
    api_keys.id, api_keys.name, (extract(epoch FROM api_keys.created_at) * 1000)::bigint AS created_at,
    count(page_sessions.token_hash) AS browsers,
    coalesce(bool_or(page_sessions.token_hash = %(session)s), false) AS is_used
FROM api_keys
LEFT JOIN page_sessions ON page_sessions.key_id = api_keys.id AND page_sessions.expires_at > %(now)s
WHERE api_keys.user_id = %(user_id)s AND api_keys.api = %(api)s AND api_keys.revoked_at IS NULL
GROUP BY api_keys.id
ORDER BY api_keys.created_at DESC, api_keys.id
