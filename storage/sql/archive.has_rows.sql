-- Whether the tables have events of a site, or sessions that began, from one instant to before another.
SELECT EXISTS (SELECT FROM events WHERE site = %(site)s AND ts >= %(begin)s AND ts < %(end)s)
    OR EXISTS (SELECT FROM sessions WHERE site = %(site)s AND start >= %(begin)s AND start < %(end)s)
