"""The HTTP APIs that Footfall speaks, one folder each; no dialect imports another."""
