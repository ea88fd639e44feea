-- Signs out.
DELETE FROM page_sessions WHERE token_hash = %(token_hash)s
