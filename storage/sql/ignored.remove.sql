-- Ignores an address or network no more.
DELETE FROM ignored_networks WHERE network = %(network)s
