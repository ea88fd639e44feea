-- A day's salt, kept only if no collector was first.
INSERT INTO salts (day, salt) VALUES (%(day)s, %(salt)s) ON CONFLICT (day) DO NOTHING
