-- Lets messages about a site's content pause, until a time if one is given, or no longer.
INSERT INTO content_monitors (site, emails_paused, emails_paused_until)
SELECT id, %(paused)s, %(until)s FROM sites WHERE id = %(site)s AND deleted_at IS NULL
ON CONFLICT (site) DO UPDATE
SET emails_paused = excluded.emails_paused, emails_paused_until = excluded.emails_paused_until
