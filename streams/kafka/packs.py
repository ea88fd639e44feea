"""Packing: what arrived within one window becomes one message a partition. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from core.events import Event

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Sequence

#: A message is closed when it holds this many characters, some 500 events. A character takes at most 4 bytes, so a
#: message stays below the 1 MiB that brokers accept, whatever its events hold.
MESSAGE_WEIGHT: Final = 200_000

#: Characters of an event without its longest texts, on the generous side.
_BASE_WEIGHT: Final = 400
_longest: Final = itemgetter(*map(Event._fields.index, ("path", "query", "referrer", "properties", "name")))


@dataclass(slots=True, eq=False, kw_only=True)
class Request:
    """One append that waits for its answer, which comes when the last of its packs is decided."""

    answer: asyncio.Future[None]
    events: int
    weight: int
    undecided: int = 0  #: packs that hold events of it
    error: Exception | None = None  #: why one of its packs failed


@dataclass(slots=True, eq=False, kw_only=True)
class Pack:
    """Events of one partition that travel as one message, by the requests they came with."""

    partition: int
    shares: list[tuple[Request, list[Event]]] = field(default_factory=list)
    weight: int = 0

    @property
    def full(self) -> bool:
        """Whether the next event belongs into another pack."""
        return self.weight >= MESSAGE_WEIGHT

    def flat(self) -> list[Event]:
        """Return the events in the order of their arrival."""
        return [event for _, events in self.shares for event in events]


class Share(NamedTuple):
    """Events of one partition that came at once, in their order, and about how many characters they have."""

    partition: int
    events: list[Event]
    weight: int


class Packer:
    """Collects events until they are taken. Events of a bucket stay in the order in which they came."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._open: dict[int, Pack] = {}
        self._full: list[Pack] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def split(self, events: Sequence[tuple[int, Event]]) -> list[Share]:
        """Return (bucket, event) pairs by their partitions."""
        apart: dict[int, list[Event]] = {}
        for bucket, event in events:
            partition = bucket % self._partitions
            if partition in apart:
                apart[partition].append(event)
            else:
                apart[partition] = [event]
        return [Share(partition, share, weight_of(share)) for partition, share in apart.items()]

    def add(self, request: Request, shares: Sequence[Share]) -> None:
        """Add the shares of `request`."""
        for share in shares:
            pack = self._open.get(share.partition)
            if share.weight + (pack.weight if pack is not None else 0) <= MESSAGE_WEIGHT:
                self._put(request, share)
                continue
            for event in share.events:
                self._put(request, Share(share.partition, [event], weight_of([event])))

    def _put(self, request: Request, share: Share) -> None:
        partition, events, weight = share
        pack = self._open.get(partition)
        if pack is None or pack.full:
            if pack is not None:
                self._full.append(pack)
            pack = self._open[partition] = Pack(partition=partition)
        if pack.shares and pack.shares[-1][0] is request:
            pack.shares[-1][1].extend(events)
        else:
            pack.shares.append((request, events))
            request.undecided += 1
        pack.weight += weight

    def take(self) -> list[Pack]:
        """Return all packs, in an order that keeps each partition's, and begin anew."""
        packs = [*self._full, *self._open.values()]
        self._full, self._open = [], {}
        return packs


def weight_of(events: Collection[Event]) -> int:
    """Return about how many characters the events have."""
    return _BASE_WEIGHT * len(events) + sum(map(len, chain.from_iterable(map(_longest, events))))
