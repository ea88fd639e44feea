-- A new alert of a live site; no row where the site is gone or has as many as it may have.
INSERT INTO alerts (site, metric, operator, threshold, email, webhook, secret_cipher)
SELECT
    %(site)s, %(metric)s, %(operator)s, %(threshold)s, %(email)s, %(webhook)s, %(secret_cipher)s
WHERE EXISTS (SELECT FROM sites WHERE id = %(site)s AND deleted_at IS NULL)
    AND (SELECT count(*) FROM alerts WHERE site = %(site)s) < %(most)s
RETURNING {columns}
