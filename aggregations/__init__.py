"""Polars: the batch sessionizer, rollups, and reports made of rollups and rows."""
