"""How APIs write a time, given in ms since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def to_the_second(ms: int) -> str:
    """Return it like `2026-01-15T10:30:00Z`."""
    return datetime.fromtimestamp(ms // 1_000, tz=UTC).isoformat().replace("+00:00", "Z")


def to_the_millisecond(ms: int) -> str:
    """Return it like `2026-01-15T10:30:00.000Z`."""
    return datetime.fromtimestamp(ms / 1_000, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
