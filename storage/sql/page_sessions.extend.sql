-- Lets a session last until then.
UPDATE page_sessions SET expires_at = %(expires_at)s WHERE token_hash = %(token_hash)s
