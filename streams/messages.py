"""What a partition is fed with, what became of it, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from core.errors import InvalidInput
from streams.codec import NO_PRODUCER, decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.drops import DeadReason
    from core.events import Event


class Message(NamedTuple):
    """One entry of a log. `appended_at` is the log's own clock, ms since 1970 UTC.

    `events` is None if `payload` could not be read; `error` then says why. With `producer` `NO_PRODUCER` the message is
    not compared with others: its offset alone tells it apart.
    """

    offset: int
    appended_at: int
    producer: int
    sequence: int
    events: tuple[Event, ...] | None
    payload: bytes = b""
    error: str = ""

    @classmethod
    def read(cls, offset: int, appended_at: int, payload: bytes) -> Message:
        """The message that `payload` is, or that it is none; never raises."""
        try:
            producer, sequence, events = decode(payload)
        except InvalidInput as error:
            return cls(offset, appended_at, NO_PRODUCER, 0, None, payload, str(error))
        return cls(offset, appended_at, producer, sequence, events)


class Dead(NamedTuple):
    """An event (None: a whole message) that was not counted, and why."""

    offset: int
    reason: DeadReason
    error: str
    event: Event | None


class Applied(NamedTuple):
    """What one transaction did: events given to the store, and those left out with a reason."""

    stored: int = 0
    dead: tuple[Dead, ...] = ()


class Observer(Protocol):
    """Is told what was committed; the calls are made between two batches, so they must be short and must not raise."""

    def opened(self, partition: int) -> None:
        """The partition's owner begins, or begins again after it lost its state."""
        ...

    def committed(self, partition: int, events: Sequence[Event]) -> None:
        """These events were stored just now, as they were stored (floods are of class flood)."""
        ...

    def closed(self, partition: int) -> None:
        """The owner gives the partition up."""
        ...
