-- Holds a site as it is until the transaction ends.
SELECT FROM sites WHERE id = %(site)s FOR SHARE
