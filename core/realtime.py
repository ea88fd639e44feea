"""What happens now: windows over the last minutes, and the parts they are put together from.

A visitor is known by an anchor. While the time of day is before 00:30 UTC that is yesterday's hash of the person where
it is known, so that nobody counts twice over midnight; later it is the hash of the day. Times are whole seconds: an
event belongs to the second that it ends, so a window of W seconds at t holds the events with t - W < ts <= t. Minutes
are those of the clock, each with the seconds that end in it; the one that runs is the last.

Lists are of the people who are here. Each is at the page of the last view, in the country and at the device of the last
event of any type, and from the source that brought them last, as far as the window goes back: who has none is direct,
who has no view is where the last event was. Of events, those with a name are listed, by it, of the same five minutes.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from core.events import TrafficClass
from core.spans import DAY, LINK_UNTIL, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Pages, and values of each list, in a view.
TOP: Final = 10
#: Values of each list in a part. A list of a view is exact unless a part has more; then a value may lack, for each such
#: part, as many as the last value has that the part still names.
LISTED: Final = 100
#: Who was seen within so long (ms) is here now.
HERE: Final = 5 * MINUTE
_MINUTE: Final = MINUTE // SECOND
_DAY: Final = DAY // SECOND
_LINK_UNTIL: Final = LINK_UNTIL // SECOND


class Minute(NamedTuple):
    """A minute of a window."""

    start: int  #: ms since 1970 UTC
    visitors: int  #: distinct ones
    views: int


class LiveList(StrEnum):
    """What is told of those who are here."""

    PAGES = "pages"  #: visitors by path
    SOURCES = "sources"  #: visitors by host of the referrer, empty for direct
    COUNTRIES = "countries"  #: visitors by code, empty for unknown
    DEVICES = "devices"  #: visitors by type of device, empty for unknown
    EVENTS = "events"  #: custom events by name


class RealtimeView(NamedTuple):
    """A window as it is shown. Ties go by name."""

    active: int  #: distinct visitors
    top_pages: tuple[tuple[str, int], ...]  #: (path, distinct visitors), at most `TOP`
    types: tuple[tuple[str, int], ...]  #: (event type, events)
    here: int = 0  #: distinct visitors of the last five minutes
    minutes: tuple[Minute, ...] = ()  #: as many as the window is long, up to the one that runs
    lists: Mapping[LiveList, tuple[tuple[str, int], ...]] = MappingProxyType({})  #: all of them, each at most `TOP`


class Realtime(Protocol):
    """Where the windows are."""

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """The window of `window_ms` (whole seconds) at `now_ms`.

        Raises:
            Unavailable: nobody can tell now.
        """
        ...


class Part(NamedTuple):
    """One part of a window. Visitors are disjoint over parts, so parts add up; hence all pages are in it."""

    active: int
    pages: Mapping[str, int]
    types: Mapping[str, int]
    here: int = 0
    minutes: Mapping[int, tuple[int, int]] = MappingProxyType({})  #: visitors and views, by start (ms)
    lists: Mapping[LiveList, Mapping[str, int]] = MappingProxyType({})  #: those with anything, each at most `LISTED`


def summed(parts: Iterable[Part], *, now_ms: int, window_ms: int) -> RealtimeView:
    """The view of all parts together; they are of a window of this length at `now_ms`."""
    active, here, pages, types = 0, 0, Counter[str](), Counter[str]()
    visitors, views = Counter[int](), Counter[int]()
    lists = {name: Counter[str]() for name in LiveList}
    for part in parts:
        active += part.active
        here += part.here
        pages.update(part.pages)
        types.update(part.types)
        for start, (seen, viewed) in part.minutes.items():
            visitors[start] += seen
            views[start] += viewed
        for name, counts in part.lists.items():
            lists[name].update(counts)
    minutes = (Minute(start, visitors[start], views[start]) for start in minutes_at(now_ms, window_ms))
    return RealtimeView(
        active,
        ranked(pages)[:TOP],
        ranked(types),
        here,
        tuple(minutes),
        {name: ranked(counts)[:TOP] for name, counts in lists.items()},
    )


def minutes_at(now_ms: int, window_ms: int) -> range:
    """The starts (ms) of the minutes of a window of this length at `now_ms`, up to the one that runs."""
    running = minute_of(second_of(now_ms)) * MINUTE
    return range(running - (window_ms // MINUTE - 1) * MINUTE, running + 1, MINUTE)


def ranked(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The most first, ties by name; without those of which there are none."""
    return tuple(sorted(((name, n) for name, n in counts.items() if n), key=lambda item: (-item[1], item[0])))


def second_of(ms: int) -> int:
    """The second that `ms` belongs to: the one it ends, or lies in."""
    return -(-ms // SECOND)


def minute_of(second: int) -> int:
    """The number of the minute (since 1970 UTC) that the second belongs to."""
    return (second - 1) // _MINUTE


def links_at(now_ms: int) -> int | None:
    """The start (ms) of the UTC day whose visitors count by their hash of the day before; None from 00:30 on."""
    second = second_of(now_ms)
    return second // _DAY * DAY if second % _DAY < _LINK_UNTIL else None


class Sight(NamedTuple):
    """What a window needs of an event, named as there."""

    ts: int
    site: int
    visitor: int
    type: str
    path: str
    prev: int
    event_id: int = 0
    name: str = ""
    referrer_host: str = ""
    country: str = ""
    device: str = ""
    traffic: int = TrafficClass.HUMAN.value
