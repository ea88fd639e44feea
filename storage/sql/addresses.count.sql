-- How many events of some sites hold an address.
SELECT count(*) FROM events WHERE site = ANY (%(sites)s) AND ip = %(ip)s
