-- How many events of bots a site has had since an instant.
SELECT count(*) FROM events WHERE site = %(site)s AND ts >= %(since)s AND class = 1
