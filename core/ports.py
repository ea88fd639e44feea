"""What the collector needs of the world behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.events import Event


class EventLog(Protocol):
    """Where accepted events go.

    The bucket picks the partition and goes nowhere else: 12 bits of a keyed hash of what identifies the visitor, so
    that all events of a visitor stay in order, on both sides of midnight.
    """

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        """Return when all of these (bucket, event) pairs are durable: all of them or, on an error, possibly some.

        Raises:
            Overloaded: too much is in flight; nothing was stored.
            Unavailable: durability could not be confirmed in time.
            Refused: the store refuses one of the events for what it contains.
        """
        ...

    async def ready(self) -> None:
        """Return if an append would be tried now.

        Raises:
            Unavailable: it would not; the message says why.
        """
        ...
