-- Deletes a session that no longer is one.
DELETE FROM sessions WHERE site = %s AND start = %s AND session_id = %s
