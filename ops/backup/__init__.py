"""Backups, their way back, and the way of a single node into a cluster."""
