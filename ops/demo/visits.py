"""The visits that begin in an hour: who, from where, and what they do. Pure, and the same for the same seed."""

from __future__ import annotations

import json
from collections import deque
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from core.events import EventType
from core.places import NO_PLACE, Place
from core.raw import RawEvent, Request
from core.spans import HOUR, SECOND
from ops.demo.traffic import Stream, awake
from ops.demo.world import (
    ACTIONS,
    ADVERT,
    BROWSERS,
    COUNTRIES,
    DOMAIN,
    FRONT_PAGE,
    HACKER_NEWS,
    LINKS,
    NEWSLETTER,
    PAGES,
    SOURCES,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ops.demo.traffic import Traffic
    from ops.demo.world import Country, Source

T = TypeVar("T")

#: By how much an hour differs from the average.
_NOISE: Final = 0.12
#: How many visits end after each page beyond the first.
_ENOUGH: Final = 0.36
_MOST_PAGES: Final = 20
_SECONDS_ON_PAGE: Final = 55
_LONGEST_ON_PAGE: Final = 600
_SECONDS_AWAY: Final = 4
_OUTBOUND: Final = 0.03
#: How many readers come so far, of those who came to the mark before.
_SCROLLS: Final = ((EventType.SCROLL_25, 0.15), (EventType.SCROLL_50, 0.6), (EventType.SCROLL_75, 0.6))
#: Who comes again within some hours.
_AGAIN: Final = 0.15
_REMEMBERED: Final = 200
_PER_CITY: Final = 32
_BYTE: Final = 256


class Hit(NamedTuple):
    """Something that a visitor does at `ts` (ms)."""

    ts: int
    raw: RawEvent
    request: Request


class _Draw(Generic[T]):
    """Draws by weight."""

    def __init__(self, values: Sequence[T], weight: Callable[[T], float]) -> None:
        self._values = values
        self._weights = [*accumulate(map(weight, values))]

    def __call__(self, random: Random) -> T:
        return random.choices(self._values, cum_weights=self._weights)[0]


_browser: Final = _Draw(BROWSERS, lambda browser: browser.weight)
_source: Final = _Draw(SOURCES, lambda source: source.weight)
_entry: Final = _Draw(PAGES, lambda page: page.entries)
_next: Final = {page.path: _Draw(page.next, lambda way: way[1]) for page in PAGES if page.next}
_STATUS: Final = {page.path: page.status for page in PAGES}
_WIDTHS: Final = {browser.user_agent: browser.widths for browser in BROWSERS}
#: Where visits of a stream come from and arrive, if not just anywhere.
_CAMPAIGNS: Final = {
    Stream.NEWSLETTER: (NEWSLETTER, "/blog/2026/getting-started-with-tide-tables"),
    Stream.ADVERT: (ADVERT, "/pricing"),
    Stream.FRONT_PAGE: (HACKER_NEWS, FRONT_PAGE),
}


def visits_of(traffic: Traffic, hour: int, *, seed: int, times: float = 1) -> Iterator[list[Hit]]:
    """Yield the visits that begin in the hour that begins at `hour` (ms), `times` as many as the traffic has.

    A visit is its hits in their order; it may go on after the hour.
    """
    random = Random(f"{seed} {hour}")  # noqa: S311 - made-up visits, no secret
    weights = [*accumulate(awake(hour))]
    lately: deque[Request] = deque(maxlen=_REMEMBERED)
    for stream, average in traffic.in_hour(hour).items():
        for _ in range(_count(random, average * times)):
            source, page = _CAMPAIGNS.get(stream) or (_source(random), _entry(random).path)
            if lately and random.random() < _AGAIN:
                request = random.choice(lately)
            else:
                request = _request(random, random.choices(COUNTRIES, cum_weights=weights)[0])
                lately.append(request)
            yield _visit(random, hour + random.randrange(HOUR), source, page, request)


def place_of(ip: str) -> Place:
    """Where the address of a made-up visitor is: they come from 10.COUNTRY.CITY.any, which is nobody's."""
    try:
        _, number, city, _ = map(int, ip.split("."))
        country = COUNTRIES[number]
        region, name = country.cities[city // _PER_CITY]
    except (ValueError, IndexError):
        return NO_PLACE
    return Place(country.code, region, name)


def _count(random: Random, average: float) -> int:
    expected = max(average * random.gauss(1, _NOISE), 0)
    return int(expected) + (random.random() < expected % 1)


def _request(random: Random, country: Country) -> Request:
    city = min(int(random.expovariate(1.1)), len(country.cities) - 1)
    host = city * _PER_CITY + random.randrange(_PER_CITY)
    address = f"10.{COUNTRIES.index(country)}.{host}.{random.randrange(_BYTE)}"
    return Request(ip=address, user_agent=_browser(random).user_agent)


def _visit(random: Random, start: int, source: Source, path: str, request: Request) -> list[Hit]:
    views = _Views(random, request, start)
    only_one = random.random() < source.bounce
    referrer, query = source.referrer, source.query
    for number in range(1, _MOST_PAGES + 1):
        stays = views.see(path, query=query, referrer=referrer)
        if only_one or path not in _next or number == _MOST_PAGES or (number > 1 and random.random() < _ENOUGH):
            views.leave(stays)
            break
        referrer, query = f"https://{DOMAIN}{path}", ""
        path, _ = _next[path](random)
    return sorted(views.hits)


class _Views:
    """What one visitor does, page after page."""

    def __init__(self, random: Random, request: Request, start: int) -> None:
        self.hits: list[Hit] = []
        self._random = random
        self._request = request
        self._ts = start
        widths = _WIDTHS[request.user_agent]
        # A visitor has one screen.
        self._width = widths[sum(map(int, request.ip.split("."))) % len(widths)]
        self._url = self._path = self._referrer = ""

    def see(self, path: str, *, query: str, referrer: str) -> int:
        """See a page and do what one does there; return how long, ms."""
        random = self._random
        stays = int(min(2 + random.expovariate(1 / _SECONDS_ON_PAGE), _LONGEST_ON_PAGE) * SECOND)
        self._url, self._path, self._referrer = f"https://{DOMAIN}{path}{query}", path, referrer
        self._hit(0, EventType.PAGE_VIEW, status=_STATUS[path])
        for mark, (scroll, likely) in enumerate(_SCROLLS, 1):
            if random.random() > likely:
                break
            self._hit(stays * mark // 5, scroll)
        for name, likely, properties in ACTIONS.get(path, ()):
            if random.random() < likely:
                self._hit(stays * 4 // 5, EventType.CUSTOM, name=name, properties=json.dumps(properties))
        if random.random() < _OUTBOUND:
            left_to = json.dumps({"url": random.choice(LINKS)})
            self._hit(stays * 9 // 10, EventType.OUTBOUND_LINK, properties=left_to)
        self._ts += stays
        return stays

    def leave(self, stayed: int) -> None:
        """Close the page that was seen for `stayed` ms."""
        self._hit(0, EventType.CLOSE_TAB, engaged_ms=max(stayed - _SECONDS_AWAY * SECOND, 0))

    def _hit(self, after: int, type_: str, **more: Any) -> None:  # noqa: ANN401 - further fields of the event
        raw = RawEvent(
            type=type_, url=self._url, path=self._path, referrer=self._referrer, screen_width=self._width, **more
        )
        self.hits.append(Hit(self._ts + after, raw, self._request))
