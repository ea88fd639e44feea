"""Look-ups for the enrichment: user agents, bots, well-known hosts. Lists are dependencies or files in `data`."""
