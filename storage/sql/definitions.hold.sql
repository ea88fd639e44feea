-- Lets nobody else add definitions to the site, or delete it, before the transaction ends.
SELECT FROM sites WHERE id = %(site)s FOR NO KEY UPDATE
