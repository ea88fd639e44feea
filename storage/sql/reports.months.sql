-- The months of a site that have rollup rows, from one to before another: the last day in each, and a version that is
-- another whenever the rows were written again (the transaction that did).
SELECT month::timestamptz, through::timestamptz, xmin::text::bigint
FROM roll_months
WHERE site = %(site)s AND month >= %(begin)s AND month < %(end)s
