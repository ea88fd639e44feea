-- Makes a site's month its days up to an instant, each by itself.
INSERT INTO {table} (site, grain, class, span, {columns})
SELECT site, 2, class, %(month)s, {columns}
FROM {table}
WHERE site = %(site)s AND grain = 1 AND span >= %(month)s AND span < %(end)s
