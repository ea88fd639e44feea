-- The months of a site that have rollup rows, from one to before another, and the last day in each.
SELECT month::timestamptz, through::timestamptz
FROM roll_months
WHERE site = %(site)s AND month >= %(begin)s AND month < %(end)s
