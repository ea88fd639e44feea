-- Says which is the last day that the month rows of a site contain.
INSERT INTO roll_months (site, month, through) VALUES (%(site)s, %(month)s, %(through)s)
ON CONFLICT (site, month) DO UPDATE SET through = excluded.through
