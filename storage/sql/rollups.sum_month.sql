-- Makes a site's month the sum of its days up to an instant.
INSERT INTO {table} (site, grain, class, span, {columns})
SELECT site, 2, class, %(month)s, {sums}
FROM {table}
WHERE site = %(site)s AND grain = 1 AND span >= %(month)s AND span < %(end)s
GROUP BY {groups}
