-- Whether a site has an event of a human, or had one that was rolled up.
SELECT EXISTS (SELECT FROM events WHERE site = %(site)s AND class = 0)
    OR EXISTS (SELECT FROM roll_site WHERE site = %(site)s AND class = 0)
