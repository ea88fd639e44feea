-- Says that a site has no month rows.
DELETE FROM roll_months WHERE site = %(site)s AND month = %(month)s
