"""HTTP: the collector, report routes, dialects, keys and limits."""
