"""The last minutes of all sites, kept in memory and counted as they come and go."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from core.events import Event, TrafficClass
from core.realtime import Part, second_of
from core.realtime_site import SiteWindow
from core.spans import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from core.realtime import Sight

_HUMAN: Final = TrafficClass.HUMAN.value

_ts_of: Final[Callable[[Event | Sight], int]] = attrgetter("ts")
_site_of: Final[Callable[[Event | Sight], int]] = attrgetter("site")
_order_of: Final[Callable[[Event | Sight], tuple[int, int]]] = attrgetter("ts", "event_id")


class Window:
    """The windows of all sites, of one length, over the events it is given. Bounded.

    Args:
        seconds: the length.
        start_ms: everything that happened later than this will be given.
        capacity: sights that may be held; beyond it the fullest site starts anew and cannot be told for one length.
            Looked at after each site of a batch, so for that long it may be exceeded by seven for each event of it.
    """

    def __init__(self, *, seconds: int, start_ms: int, capacity: int = 500_000) -> None:
        self._seconds = seconds
        self._start = second_of(start_ms)
        self._now = self._start
        self._capacity = capacity
        self._sites: dict[int, SiteWindow] = {}
        self._held = 0
        self._later: defaultdict[int, list[Event | Sight]] = defaultdict(
            list
        )  # by second: events of a clock that is ahead of ours
        self._waiting = 0  # so many
        self._changed: set[int] = set()

    def add(self, events: Iterable[Event | Sight], now_ms: int) -> None:
        """Count the humans among the events. Order does not matter; what is too old is passed over."""
        self.advance(now_ms)
        self._take([event for event in events if event.traffic == _HUMAN])

    def advance(self, now_ms: int) -> None:
        """Let time pass: what was ahead comes in, what is too old leaves. Time never goes back."""
        now = second_of(now_ms)
        if now <= self._now:
            return
        self._now = now
        due = [event for second in list(self._later) if second <= now for event in self._later.pop(second)]
        self._waiting -= len(due)
        self._take(due)
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

    def _take(self, events: list[Event | Sight]) -> None:
        if not events:
            return
        if len(events) > 1:
            # An event begins with its ts and its id: it is its own key.
            events.sort(key=None if set(map(type, events)) == {Event} else _order_of)
        if second_of(events[-1].ts) > self._now:
            end = _up_to(self._now, events)
            self._wait(events[end:])
            del events[end:]
        if events:
            for site, of_site in _by_site(events).items():
                self._add(site, of_site)

    def _wait(self, events: Sequence[Event | Sight]) -> None:
        """Keep what is ahead of our clock; a site of which there is too much starts anew after that."""
        room = self._capacity - self._waiting
        for event in events[:room]:
            self._later[second_of(event.ts)].append(event)
        self._waiting += len(events[:room])
        for site, last in {event.site: event.ts for event in events[room:]}.items():
            self._restart(site, second_of(last))

    def _add(self, site: int, events: Sequence[Event | Sight]) -> None:
        window = self._sites.get(site)
        if window is None:
            window = self._new(site, self._start)
        left = max(self._now - self._seconds, window.complete_from)
        at = _up_to(left, events) if second_of(events[0].ts) <= left else 0
        if at == len(events):
            return
        held = len(window)
        while at < len(events):
            second = second_of(events[at].ts)
            end = _up_to(second, events, at)
            window.add(second, events[at:end])
            at = end
        self._held += len(window) - held
        self._changed.add(site)
        if self._held > self._capacity:
            self._restart(max(self._sites, key=lambda site: len(self._sites[site])), self._now)

    def _restart(self, site: int, second: int) -> None:
        """Forget what is known of the site and go on with what happens after `second`, or later as it was before."""
        window = self._sites.get(site)
        if window is not None:
            self._held -= len(window)
            second = max(second, window.complete_from)
        self._new(site, second)
        self._changed.add(site)

    def _new(self, site: int, complete_from: int) -> SiteWindow:
        window = SiteWindow(complete_from=complete_from, left=self._now - self._seconds, now=self._now)
        self._sites[site] = window
        return window


def _by_site(events: list[Event | Sight]) -> Mapping[int, list[Event | Sight]]:
    site = events[0].site
    if len(events) == 1 or set(map(_site_of, events)) == {site}:
        return {site: events}
    of_sites: defaultdict[int, list[Event | Sight]] = defaultdict(list)
    for event in events:
        of_sites[event.site].append(event)
    return of_sites


def _up_to(second: int, events: Sequence[Event | Sight], at: int = 0) -> int:
    """Where those that belong to later seconds begin."""
    if second_of(events[-1].ts) <= second:
        return len(events)
    return bisect_right(events, second * SECOND, lo=at, key=_ts_of)
