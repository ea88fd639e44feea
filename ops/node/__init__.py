"""The single node: a supervisor and its two processes, http and engine, on one embedded PostgreSQL."""
