"""The TinyTrail API."""
