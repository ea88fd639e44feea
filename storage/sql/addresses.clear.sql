-- Takes an address out of the events of some sites.
UPDATE events SET ip = '' WHERE site = ANY (%(sites)s) AND ip = %(ip)s
