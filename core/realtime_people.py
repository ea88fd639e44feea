"""Who is on a site: how many are, where each visitor is, and what brought them there."""

from __future__ import annotations

from collections import Counter
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

from core.events import EventType
from core.realtime import LiveList
from core.realtime_seen import Seen
from core.spans import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.events import Event
    from core.realtime import Sight

#: ts and event id, by which a later one is more; then path, country and device of the last event.
_Seen = tuple[int, int, str, str, str]
#: The same order, then the path of the last view, or the host of the last source.
_Told = tuple[int, int, str]
_NEVER: Final[_Told] = (0, 0, "")
_VIEW: Final = EventType.PAGE_VIEW.value
_T = TypeVar("_T", _Seen, _Told)

_visitor_of: Final[Callable[[Event | Sight], int]] = attrgetter("visitor")
_host_of: Final[Callable[[Event | Sight], str]] = attrgetter("referrer_host")
_seen_of: Final[Callable[[Event | Sight], _Seen]] = attrgetter("ts", "event_id", "path", "country", "device")
_viewed_of: Final[Callable[[Event | Sight], _Told]] = attrgetter("ts", "event_id", "path")
_brought_of: Final[Callable[[Event | Sight], _Told]] = attrgetter("ts", "event_id", "referrer_host")


class People:
    """The visitors of one site's window, by hash: plain tuples in dicts, as every event passes here.

    Args:
        gone: the last second of which nobody is here.
    """

    __slots__ = ("_brought", "_lately", "_seen", "_times", "_viewed", "gone")

    def __init__(self, *, gone: int) -> None:
        self._times: Seen[int] = Seen()
        self.gone = gone
        self._lately: Counter[int] = Counter()  # those who are here, by the second of their last event
        self._seen: dict[int, _Seen] = {}
        self._viewed: dict[int, _Told] = {}
        self._brought: dict[int, _Told] = {}

    def __len__(self) -> int:
        return len(self._times.last) + len(self._seen)

    def add_one(self, second: int, event: Event | Sight) -> None:
        """Learn from an event of a visitor in a second. Events may come in any order."""
        visitor = event.visitor
        self._see(second, (visitor,))
        self._times.see(second, visitor)
        seen = _seen_of(event)
        if seen > self._seen.get(visitor, _NEVER):
            self._seen[visitor] = seen
        if event.type == _VIEW:
            viewed = _viewed_of(event)
            if viewed > self._viewed.get(visitor, _NEVER):
                self._viewed[visitor] = viewed
        if event.referrer_host:
            brought = _brought_of(event)
            if brought > self._brought.get(visitor, _NEVER):
                self._brought[visitor] = brought

    def add(self, second: int, visitors: set[int], events: Sequence[Event | Sight]) -> None:
        """Learn from many events of visitors in one second, in the order of (ts, event_id). Seconds in any order."""
        self._see(second, visitors)
        self._times.add(second, visitors)
        last = _last(events)
        _learn(self._seen, last, _seen_of)
        views = [event for event in events if event.type == _VIEW]
        _learn(self._viewed, last if len(views) == len(events) else _last(views), _viewed_of)
        brought = list(compress(events, map(_host_of, events)))
        _learn(self._brought, last if len(brought) == len(events) else _last(brought), _brought_of)

    def leave(self, second: int) -> None:
        """Forget the visitors who leave the window with this second; the ones before have gone."""
        for visitor in self._times.leave(second):
            del self._seen[visitor]
            self._viewed.pop(visitor, None)
            self._brought.pop(visitor, None)

    def go(self, gone: int) -> bool:
        """Whoever was last seen up to the second `gone` is not here any more; tell if that is news of anybody."""
        self.gone = gone
        over = [second for second in self._lately if second <= gone]
        return sum(self._lately.pop(second) for second in over) > 0

    def active(self, anchors: Mapping[int, int]) -> int:
        """How many there are, where `anchors` has who is known by another hash, by the one they have."""
        if not anchors:
            return len(self._times.last)
        return len({anchors.get(visitor, visitor) for visitor in self._times.last})

    def here(self, anchors: Mapping[int, int]) -> int:
        """How many of them are here."""
        if not anchors:
            return self._lately.total()
        return len({anchors.get(visitor, visitor) for visitor, last in self._times.last.items() if last > self.gone})

    def lists(self, anchors: Mapping[int, int], *, since: int) -> dict[LiveList, Counter[str]]:
        """Count those who are here.

        Args:
            anchors: who is known by another hash, by the one they have.
            since: views and sources up to then (ms) have left the window.
        """
        here = self.gone * SECOND
        seen, viewed, brought = self._seen, self._viewed, self._brought
        if anchors:
            seen, viewed, brought = (
                _by_anchor(seen, anchors),
                _by_anchor(viewed, anchors),
                _by_anchor(brought, anchors),
            )
        now = {visitor: last for visitor, last in seen.items() if last[0] > here}
        views = [viewed.get(visitor, _NEVER) for visitor in now]
        sources = [brought.get(visitor, _NEVER) for visitor in now]
        return {
            LiveList.PAGES: Counter(
                [view[2] if view[0] > since else last[2] for view, last in zip(views, now.values(), strict=True)]
            ),
            LiveList.SOURCES: Counter([source[2] if source[0] > since else "" for source in sources]),
            LiveList.COUNTRIES: Counter([last[3] for last in now.values()]),
            LiveList.DEVICES: Counter([last[4] for last in now.values()]),
        }

    def _see(self, second: int, visitors: Iterable[int]) -> None:
        if second <= self.gone:
            return
        last, met = self._times.last, 0
        for visitor in visitors:
            before = last.get(visitor, 0)
            if before < second:
                met += 1
                if before > self.gone:
                    self._lately[before] -= 1
        self._lately[second] += met


def _last(events: Sequence[Event | Sight]) -> dict[int, Event | Sight]:
    """The last event of each visitor."""
    return dict(zip(map(_visitor_of, events), events, strict=True))


def _learn(known: dict[int, _T], events: Mapping[int, Event | Sight], told_by: Callable[[Event | Sight], _T]) -> None:
    for visitor, told in zip(events, map(told_by, events.values()), strict=True):
        if told > known.get(visitor, _NEVER):
            known[visitor] = told


def _by_anchor(known: Mapping[int, _T], anchors: Mapping[int, int]) -> dict[int, _T]:
    people: dict[int, _T] = {}
    for visitor, told in known.items():
        anchor = anchors.get(visitor, visitor)
        people[anchor] = max(told, people.get(anchor, told))
    return people
