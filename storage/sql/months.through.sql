-- The last day that the month rows of a site contain.
SELECT through::timestamp AT TIME ZONE 'UTC' FROM roll_months WHERE site = %(site)s AND month = %(month)s
