-- When a site's first event or its first rolled-up day was, null if it has neither.
SELECT least(
    (SELECT min(span) FROM roll_site WHERE site = %(site)s AND grain = 1),
    (SELECT min(ts) FROM events WHERE site = %(site)s)
)
