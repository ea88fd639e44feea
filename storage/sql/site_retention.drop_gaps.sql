-- Nothing can be rolled up again of days that are gone, nor of the first one that is left: visits began the day before.
DELETE FROM rollup_gaps WHERE site = %(site)s AND day <= %(day)s
