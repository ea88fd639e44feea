"""The last minutes of all sites, kept in memory and counted as they come and go."""

from __future__ import annotations

from collections import Counter, defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from core.events import EventType, TrafficClass
from core.realtime import HERE, LISTED, LiveList, Part, minute_of, ranked, second_of
from core.realtime_people import People
from core.spans import DAY, LINK_UNTIL, MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from core.events import Event
    from core.realtime import Sight

_DAY: Final = DAY // SECOND
_HERE: Final = HERE // SECOND
_LINK_UNTIL: Final = LINK_UNTIL // SECOND
_MINUTE: Final = MINUTE // SECOND
#: Of more people than that, lists are made once a second, and may be a second old.
_MANY: Final = 2_000
#: In place of a path: the visitor's last sight anywhere.
_ANYWHERE: Final = ""


class _SiteWindow:
    """One site's window. Each sight (visitor, path) is counted until the second of its last event has left.

    `leaving` has each key once, in the second it was last seen to be due: a key that was seen again meanwhile moves on.
    """

    __slots__ = (
        "_gone",
        "_lately",
        "_leaving",
        "_left",
        "_links",
        "_listed",
        "_minutes",
        "_named",
        "_names",
        "_pages",
        "_people",
        "_seen",
        "_types",
        "_visitors",
        "_visits_of_minutes",
        "complete_from",
    )

    def __init__(self, *, complete_from: int, left: int, gone: int) -> None:
        self.complete_from = complete_from
        self._left = left  # the last second that is out of the window
        self._seen: dict[tuple[int, str], int] = {}
        self._leaving: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        self._visitors = 0
        self._pages: Counter[str] = Counter()
        self._types: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._links: dict[int, tuple[int, int]] = {}  # visitor: prev, start of the visitor's day in seconds
        self._gone = gone  # the last second of which nobody is here
        self._lately: Counter[int] = Counter()  # the others, by the second of their last sight
        self._minutes: defaultdict[int, set[int]] = defaultdict(set)  # visitors
        self._visits_of_minutes = 0
        self._people = People()
        self._named: defaultdict[int, Counter[str]] = defaultdict(
            Counter
        )  # custom events of those who are here, by second and name
        self._names = 0
        self._listed: tuple[int, dict[LiveList, dict[str, int]]] = (0, {})  # the second in which they were

    def __len__(self) -> int:
        held = len(self._seen) + len(self._types) + len(self._links) + len(self._people)
        return held + self._visits_of_minutes + self._names

    def add(self, second: int, event: Event | Sight) -> None:
        """Count an event that lies in the window."""
        self._types[second][event.type] += 1
        if event.type == EventType.CUSTOM and second > self._gone:
            names = self._named[second]
            self._names += event.name not in names
            names[event.name] += 1
        if not event.visitor:
            return
        self._people.add(event)
        self._see(second, (event.visitor, _ANYWHERE))
        seen = self._minutes[minute_of(second)]
        if event.visitor not in seen:
            seen.add(event.visitor)
            self._visits_of_minutes += 1
        if event.type == EventType.PAGE_VIEW:
            self._see(second, (event.visitor, event.path))
        if event.prev:
            known = self._links.get(event.visitor)
            prev = event.prev if known is None else min(known[0], event.prev)
            self._links[event.visitor] = (prev, event.ts // DAY * _DAY)

    def expire(self, left: int, now: int) -> bool:
        """Forget the seconds up to `left`, and at 00:30 who was who the day before; tell if the window changed."""
        if now % _DAY >= _LINK_UNTIL:
            self._links.clear()
        due: Sequence[int] = range(self._left + 1, left + 1)
        if len(due) > len(self._types):  # every sight was an event of its second, and those have their types
            due = sorted(second for second in self._types if second <= left)
        self._left = left
        changed = self._go(now)
        for second in due:
            changed |= self._types.pop(second, None) is not None
            for key in self._leaving.pop(second, ()):
                last = self._seen[key]
                if last > second:
                    self._leaving[last].append(key)
                else:
                    del self._seen[key]
                    self._count(key, -1)
                    if key[1] == _ANYWHERE:
                        self._people.remove(key[0])
        return changed

    def part(self, now: int) -> Part:
        """The window at the second `now`."""
        types: Counter[str] = Counter()
        for counts in self._types.values():
            types.update(counts)
        active, pages = self._visitors, self._pages
        anchors = self._anchors(now)
        if anchors:
            pages = pages.copy()
            for path, twice in self._twice(anchors).items():
                if path == _ANYWHERE:
                    active -= twice
                else:
                    pages[path] -= twice
        return Part(
            active,
            {path: n for path, n in pages.items() if n},
            dict(types),
            self._here(now, anchors),
            self._by_minute(now, anchors),
            self._lists(now, anchors),
        )

    def _see(self, second: int, key: tuple[int, str]) -> None:
        last = self._seen.get(key)
        if last is None:
            self._leaving[second].append(key)
            self._count(key, 1)
        if last is None or last < second:
            self._seen[key] = second
            if key[1] == _ANYWHERE and second > self._gone:
                self._lately[second] += 1
                if last is not None and last > self._gone:
                    self._lately[last] -= 1

    def _go(self, now: int) -> bool:
        """Forget the minutes that are over, and who is not here any more; tell if that was anybody."""
        oldest = minute_of(now) - (now - self._left) // _MINUTE
        for minute in [minute for minute in self._minutes if minute <= oldest]:
            self._visits_of_minutes -= len(self._minutes.pop(minute))
        self._gone = now - _HERE
        over = [second for second in self._named if second <= self._gone]
        for second in over:
            self._names -= len(self._named.pop(second))
        gone = [second for second in self._lately if second <= self._gone]
        return sum(self._lately.pop(second) for second in gone) > 0 or bool(over)

    def _count(self, key: tuple[int, str], change: int) -> None:
        if key[1] == _ANYWHERE:
            self._visitors += change
        elif self._pages[key[1]] + change:
            self._pages[key[1]] += change
        else:
            del self._pages[key[1]]

    def _anchors(self, now: int) -> dict[int, int]:
        """The people who are known by another hash, by the one they have: in the half hour after midnight."""
        day = now // _DAY * _DAY
        if now - day >= _LINK_UNTIL:
            return {}
        return {visitor: prev for visitor, (prev, of) in self._links.items() if of == day}

    def _twice(self, anchors: Mapping[int, int]) -> Counter[str]:
        """By path, how many sights are of people who are seen there under another hash already."""
        sights: Counter[str] = Counter()
        people: set[tuple[int, str]] = set()
        for visitor, path in self._seen:
            sights[path] += 1
            people.add((anchors.get(visitor, visitor), path))
        sights.subtract(path for _, path in people)
        return sights

    def _here(self, now: int, anchors: Mapping[int, int]) -> int:
        if not anchors:
            return self._lately.total()
        return len(
            {
                anchors.get(visitor, visitor)
                for (visitor, path), last in self._seen.items()
                if path == _ANYWHERE and last > now - _HERE
            }
        )

    def _lists(self, now: int, anchors: Mapping[int, int]) -> dict[LiveList, dict[str, int]]:
        at, listed = self._listed
        if at == now and len(self._people) > _MANY:
            return listed
        lists = self._people.lists(anchors, here=(now - _HERE) * SECOND, since=self._left * SECOND)
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


class Window:
    """The windows of all sites, of one length, over the events it is given. Bounded.

    Args:
        seconds: the length.
        start_ms: everything that happened later than this will be given.
        capacity: sights that may be held; beyond it the fullest site starts anew and cannot be told for one length.
    """

    def __init__(self, *, seconds: int, start_ms: int, capacity: int = 500_000) -> None:
        self._seconds = seconds
        self._start = second_of(start_ms)
        self._now = self._start
        self._capacity = capacity
        self._sites: dict[int, _SiteWindow] = {}
        self._held = 0
        self._later: list[tuple[int, int, Event | Sight]] = []  # by second: events of a clock that is ahead of ours
        self._order = 0
        self._changed: set[int] = set()

    def add(self, events: Iterable[Event | Sight], now_ms: int) -> None:
        """Count the humans among the events. Order does not matter; what is too old is passed over."""
        self.advance(now_ms)
        for event in events:
            if event.traffic != TrafficClass.HUMAN:
                continue
            second = second_of(event.ts)
            if second > self._now:
                if len(self._later) < self._capacity:
                    self._order += 1
                    heappush(self._later, (second, self._order, event))
                else:
                    self._restart(event.site, second)
            else:
                self._add(second, event)

    def advance(self, now_ms: int) -> None:
        """Let time pass: what was ahead comes in, what is too old leaves. Time never goes back."""
        now = second_of(now_ms)
        if now <= self._now:
            return
        self._now = now
        while self._later and self._later[0][0] <= now:
            second, _, event = heappop(self._later)
            self._add(second, event)
        for site, window in list(self._sites.items()):
            held = len(window)
            if window.expire(now - self._seconds, now):
                self._changed.add(site)
            self._held += len(window) - held
            if not len(window) and window.complete_from + self._seconds <= now:
                del self._sites[site]

    def forget(self, sites: Collection[int]) -> None:
        """Let go of deleted sites; what is told of them later is of nobody's interest."""
        for site in self._sites.keys() & sites:
            self._held -= len(self._sites.pop(site))
            self._changed.add(site)

    def restart(self, sites: Collection[int]) -> None:
        """Begin anew with these sites: none of them can be told for one length."""
        for site in sites:
            self._restart(site, self._now)

    def part(self, site: int, now_ms: int) -> Part | None:
        """The site's window at `now_ms` or a later time it was already advanced to; None if it cannot be told."""
        self.advance(now_ms)
        window = self._sites.get(site)
        complete_from = self._start if window is None else window.complete_from
        if self._now - self._seconds < complete_from:
            return None
        if window is None:
            return Part(0, {}, {})
        return window.part(self._now)

    @property
    def sites(self) -> set[int]:
        """The sites with anything in their window, and those that cannot be told."""
        return set(self._sites)

    def take_changed(self) -> set[int]:
        """The sites whose window may be another than when this was asked before."""
        changed, self._changed = self._changed, set()
        return changed

    def _add(self, second: int, event: Event | Sight) -> None:
        window = self._sites.get(event.site)
        if window is None:
            window = self._new(event.site, self._start)
        if second <= max(self._now - self._seconds, window.complete_from):
            return
        held = len(window)
        window.add(second, event)
        self._held += len(window) - held
        self._changed.add(event.site)
        if self._held > self._capacity:
            self._restart(max(self._sites, key=lambda site: len(self._sites[site])), self._now)

    def _restart(self, site: int, second: int) -> None:
        """Forget what is known of the site and go on with what happens after `second`."""
        window = self._sites.get(site)
        self._held -= 0 if window is None else len(window)
        self._new(site, second)
        self._changed.add(site)

    def _new(self, site: int, complete_from: int) -> _SiteWindow:
        window = _SiteWindow(complete_from=complete_from, left=self._now - self._seconds, gone=self._now - _HERE)
        self._sites[site] = window
        return window
