-- Forgets the sessions that have expired, and those whose key opens nothing any more.
DELETE FROM page_sessions
WHERE expires_at <= %(now)s
   OR key_id IN (
       SELECT api_keys.id
       FROM api_keys
       JOIN users ON users.id = api_keys.user_id
       JOIN accounts ON accounts.id = users.account_id
       WHERE api_keys.revoked_at IS NOT NULL OR users.deleted_at IS NOT NULL OR accounts.deleted_at IS NOT NULL
   )
