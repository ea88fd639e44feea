"""One site's last minutes, counted as they come and go."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Final

from core.events import EventType
from core.realtime import HERE, LISTED, LiveList, Part, minute_of, ranked
from core.realtime_people import People
from core.realtime_seen import Seen
from core.spans import DAY, LINK_UNTIL, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from core.events import Event
    from core.realtime import Sight

_DAY: Final = DAY // SECOND
_HERE: Final = HERE // SECOND
_LINK_UNTIL: Final = LINK_UNTIL // SECOND
_MINUTE: Final = MINUTE // SECOND
#: Of more people than that, lists are made once a second, and may be a second old.
_MANY: Final = 2_000
#: So few events are quicker taken one by one than by iterators.
FEW: Final = 4
_VIEW: Final = EventType.PAGE_VIEW.value
_CUSTOM: Final = EventType.CUSTOM.value

_visitor_of: Final[Callable[[Event | Sight], int]] = attrgetter("visitor")
_prev_of: Final[Callable[[Event | Sight], int]] = attrgetter("prev")
_type_of: Final[Callable[[Event | Sight], str]] = attrgetter("type")
_path_of: Final[Callable[[Event | Sight], str]] = attrgetter("path")
_path_in: Final[Callable[[tuple[int, str]], str]] = itemgetter(1)


class SiteWindow:
    """One site's window. Each visitor, and each page of one, is counted until the second of its last event has left.

    A second's events are taken together: what is known of each of many is made by iterators, not in Python.

    Args:
        complete_from: all that happened later than this second is counted.
        left: the last second that is out of the window.
        now: the second that runs.
    """

    __slots__ = (
        "_left",
        "_links",
        "_listed",
        "_minutes",
        "_named",
        "_names",
        "_pages",
        "_people",
        "_types",
        "_views",
        "_visits_of_minutes",
        "complete_from",
    )

    def __init__(self, *, complete_from: int, left: int, now: int) -> None:
        self.complete_from = complete_from
        self._left = left
        self._people = People(gone=now - _HERE)
        self._views: Seen[tuple[int, str]] = Seen()  # visitor and path
        self._pages: Counter[str] = Counter()
        self._types: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._links: dict[int, tuple[int, int]] = {}  # visitor: prev, start of the visitor's day in seconds
        self._minutes: defaultdict[int, set[int]] = defaultdict(set)  # visitors
        self._visits_of_minutes = 0
        self._named: defaultdict[int, Counter[str]] = defaultdict(
            Counter
        )  # custom events of those who are here, by second and name
        self._names = 0
        self._listed: tuple[int, dict[LiveList, dict[str, int]]] = (0, {})  # the second in which they were

    def __len__(self) -> int:
        held = len(self._views.last) + len(self._types) + len(self._links) + len(self._people)
        return held + self._visits_of_minutes + self._names

    def add(self, second: int, events: Sequence[Event | Sight]) -> None:
        """Count events of one second that lies in the window, in the order of (ts, event_id). Seconds in any order."""
        if len(events) < FEW:
            for event in events:
                self._add_one(second, event)
            return
        types = list(map(_type_of, events))
        self._types[second].update(types)
        if _CUSTOM in types:
            self._name(second, [event.name for event in events if event.type == _CUSTOM])
        visitors = set(map(_visitor_of, events))
        if 0 in visitors:
            visitors.remove(0)
            events = [event for event in events if event.visitor]
        if not events:
            return
        self._meet(second, visitors)
        self._people.add(second, visitors, events)
        views = [event for event in events if event.type == _VIEW]
        new = self._views.add(second, set(zip(map(_visitor_of, views), map(_path_of, views), strict=True)))
        self._pages.update(map(_path_in, new))
        # Nobody is linked by what happens later in the day.
        if second % _DAY <= _LINK_UNTIL and any(map(_prev_of, events)):
            self._link(events)

    def expire(self, left: int, now: int) -> bool:
        """Forget the seconds up to `left`, and at 00:30 who was who the day before; tell if the window changed."""
        if now % _DAY >= _LINK_UNTIL:
            self._links.clear()
        due: Sequence[int] = range(self._left + 1, left + 1)
        if len(due) > len(self._types):  # whatever was seen was an event of its second, and those have their types
            due = sorted(second for second in self._types if second <= left)
        self._left = left
        changed = self._go(now)
        for second in due:
            changed |= self._types.pop(second, None) is not None
            self._people.leave(second)
            for _, path in self._views.leave(second):
                if self._pages[path] > 1:
                    self._pages[path] -= 1
                else:
                    del self._pages[path]
        return changed

    def part(self, now: int) -> Part:
        """The window at the second `now`."""
        types: Counter[str] = Counter()
        for counts in self._types.values():
            types.update(counts)
        anchors = self._anchors(now)
        pages = self._pages
        if anchors:
            people = {(anchors.get(visitor, visitor), path) for visitor, path in self._views.last}
            pages = Counter(map(_path_in, people))
        return Part(
            self._people.active(anchors),
            dict(pages),
            dict(types),
            self._people.here(anchors),
            self._by_minute(now, anchors),
            self._lists(now, anchors),
        )

    def _add_one(self, second: int, event: Event | Sight) -> None:
        self._types[second][event.type] += 1
        if event.type == _CUSTOM:
            self._name(second, (event.name,))
        if not event.visitor:
            return
        self._meet(second, (event.visitor,))
        self._people.add_one(second, event)
        if event.type == _VIEW and self._views.see(second, (event.visitor, event.path)):
            self._pages[event.path] += 1
        if event.prev:
            self._link((event,))

    def _name(self, second: int, names: Iterable[str]) -> None:
        if second > self._people.gone:
            named = self._named[second]
            self._names -= len(named)
            named.update(names)
            self._names += len(named)

    def _meet(self, second: int, visitors: Iterable[int]) -> None:
        seen = self._minutes[minute_of(second)]
        self._visits_of_minutes -= len(seen)
        seen.update(visitors)
        self._visits_of_minutes += len(seen)

    def _link(self, events: Iterable[Event | Sight]) -> None:
        links = {(event.visitor, event.prev): event.ts for event in events if event.prev}
        for (visitor, prev), ts in links.items():
            known, _ = self._links.get(visitor, (prev, 0))
            self._links[visitor] = min(known, prev), ts // DAY * _DAY

    def _go(self, now: int) -> bool:
        """Forget the minutes that are over, and who is not here any more; tell if that was anybody."""
        oldest = minute_of(now) - (now - self._left) // _MINUTE
        for minute in [minute for minute in self._minutes if minute <= oldest]:
            self._visits_of_minutes -= len(self._minutes.pop(minute))
        gone = now - _HERE
        over = [second for second in self._named if second <= gone]
        for second in over:
            self._names -= len(self._named.pop(second))
        return self._people.go(gone) or bool(over)

    def _anchors(self, now: int) -> dict[int, int]:
        """The people who are known by another hash, by the one they have: in the half hour after midnight."""
        day = now // _DAY * _DAY
        if now - day >= _LINK_UNTIL:
            return {}
        return {visitor: prev for visitor, (prev, of) in self._links.items() if of == day}

    def _lists(self, now: int, anchors: Mapping[int, int]) -> dict[LiveList, dict[str, int]]:
        at, listed = self._listed
        if at == now and len(self._people) > _MANY:
            return listed
        lists = self._people.lists(anchors, since=self._left * SECOND)
        lists[LiveList.EVENTS] = Counter[str]()
        for names in self._named.values():
            lists[LiveList.EVENTS].update(names)
        listed = {name: dict(ranked(counts)[:LISTED]) for name, counts in lists.items() if counts}
        self._listed = now, listed
        return listed

    def _by_minute(self, now: int, anchors: Mapping[int, int]) -> dict[int, tuple[int, int]]:
        views: Counter[int] = Counter()
        for second, counts in self._types.items():
            views[minute_of(second)] += counts[EventType.PAGE_VIEW]
        visitors = {
            minute: len({anchors.get(visitor, visitor) for visitor in seen}) if anchors else len(seen)
            for minute, seen in self._minutes.items()
        }
        oldest = minute_of(now) - (now - self._left) // _MINUTE
        return {
            minute * MINUTE: (visitors.get(minute, 0), views[minute])
            for minute in views.keys() | visitors
            if minute > oldest and (views[minute] or minute in visitors)
        }
