"""The rules of counting that both paths share, one function each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from core.events import KINDS, Event, Kind
from core.spans import DAY, GAP, NOON

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What an active event is about: a view's path, or an action's type and name.
Subject: TypeAlias = str | tuple[str, str]

#: Site, class, visitor and start of the UTC day: a `VisitorDay` without its names.
Key: TypeAlias = tuple[int, int, int, int]

VIEW: Final = Kind.VIEW
ACTION: Final = Kind.ACTION
PASSIVE: Final = Kind.PASSIVE

_KINDS: Final = dict(KINDS)


def kind_of(event: Event) -> Kind:
    """What the event means to its session; a type that is not ours is an action."""
    return _KINDS.get(event.type, ACTION)


def subject_of(event: Event, kind: Kind) -> Subject:
    """The subject of an active event."""
    return event.path if kind is VIEW else (event.type, event.name)


def continues(last: int, ts: int) -> bool:
    """Whether an event at `ts` belongs to the fragment whose last event was at `last` (ms)."""
    return ts - last < GAP


def may_join_forward(start: int, day: int) -> bool:
    """Whether a fragment or session that began at `start` may go on in the UTC day that begins at `day` (ms).

    One that began before noon of the day before may not. So a session crosses one midnight at most, and whether it does
    depends on one fragment alone: a late event cannot start a chain of changes.
    """
    return start >= day - DAY + NOON


def joins(start: int, last: int, first: int, day: int) -> bool:
    """Whether the last fragment of the day before (`start` to `last`) and the first of `day` are one session."""
    return continues(last, first) and may_join_forward(start, day)


def room(count: int, limit: int) -> int:
    """How many more events of a visitor-day are counted when `count` are; the others are a flood."""
    return max(0, limit - count)


def prev_of(events: Iterable[Event]) -> int:
    """The visitor's hash of the day before, if one of the events carries it; else 0."""
    return next((event.prev for event in events if event.prev), 0)


def day_before(key: Key, prev: int) -> Key:
    """The visitor-day of the same person on the day before."""
    site, traffic, _, day = key
    return site, traffic, prev, day - DAY
