"""What TinyTrail's hot routes have beyond those of the others: its envelope, and beacons with credentials."""

from __future__ import annotations

from api.collector.hot_route import HotRoute
from api.dialects.tinytrail.envelope import failure


class EnvelopedRoute(HotRoute):
    """A hot route of TinyTrail's API."""

    credentials = True

    def _failure(self, status: int, message: str) -> bytes:
        return failure(status, message)
