-- The sites of which somebody was forgotten, later than an instant and after a row, and the newest row.
SELECT site, max(id) FROM forgotten WHERE id > %(after)s AND until >= %(since)s GROUP BY site
