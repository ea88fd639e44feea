-- Switches a session's letter shortcuts on or off.
UPDATE page_sessions SET shortcuts = %(shortcuts)s WHERE token_hash = %(token_hash)s
