-- The time zone of a site; nobody changes it before the end of the transaction.
SELECT time_zone FROM sites WHERE id = %(site)s FOR SHARE
