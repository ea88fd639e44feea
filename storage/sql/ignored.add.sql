-- Ignores an address or network from now on.
INSERT INTO ignored_networks (network) VALUES (%(network)s) ON CONFLICT DO NOTHING
