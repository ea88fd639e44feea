-- Who is signed in by this token, if the session has not expired and neither its key nor user nor account has gone.
SELECT
    users.id, users.account_id, users.role, page_sessions.shortcuts,
    (extract(epoch FROM page_sessions.expires_at) * 1000)::bigint AS expires_at
FROM page_sessions
JOIN api_keys ON api_keys.id = page_sessions.key_id AND api_keys.revoked_at IS NULL
JOIN users ON users.id = api_keys.user_id AND users.deleted_at IS NULL
JOIN accounts ON accounts.id = users.account_id AND accounts.deleted_at IS NULL
WHERE page_sessions.token_hash = %(token_hash)s AND page_sessions.expires_at > %(now)s
