"""The Analytics Platform API v2: read-only, for dashboards and reports that programs make."""
