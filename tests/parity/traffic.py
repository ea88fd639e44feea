"""A day of requests: people, programs and those who are not to be counted, on some sites, around a midnight."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from core.events import EventType
from core.raw import RawEvent, Request
from core.spans import GAP, HOUR, MINUTE, SECOND, day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How long before the end of the traffic its first request may be: live events may be 24 h late.
SPAN: Final = 23 * HOUR + 30 * MINUTE
SITES: Final = 4
EXCLUDED: Final = "198.51.100.0/24"

_PATHS: Final = ("/", "/pricing", "/about", "/caf%C3%A9", "/blog/one", "/blog/two", "/blog/old/three", "/docs/a?x=1")
_REFERRERS: Final = (
    "",
    "",
    "",
    "https://www.google.com/",
    "https://news.ycombinator.com/item?id=1",
    "https://chatgpt.com/",
    "https://t.co/x",
)
_CAMPAIGNS: Final = ("", "", "", "?utm_source=news&utm_medium=email&utm_campaign=may", "?gclid=abc")
_BROWSERS: Final = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/53",
)
_PROGRAMS: Final = ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.10.1", "")
_GAPS: Final = (SECOND, 20 * SECOND, 2 * MINUTE, 7 * MINUTE, 20 * MINUTE, GAP - 1, GAP, 40 * MINUTE)
_PASSIVE: Final = (EventType.CLOSE_TAB, EventType.SCROLL_25, EventType.SCROLL_50, EventType.SCROLL_75)


class Sent(NamedTuple):
    """A request that a collector gets at `at` and that reaches the log in the order of `arrives` (both ms)."""

    at: int
    arrives: int
    site: int  # number, from 0
    raw: RawEvent
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Somebody with one address and one program, who comes to one site."""

    site: int
    ip: str
    user_agent: str
    gpc: bool
    dnt: bool


def make_traffic(count: int, *, end: int, seed: int) -> list[Sent]:
    """Return `count` requests of the day before `end` (ms), in the order in which they are made."""
    random = Random(seed)  # noqa: S311 - a history, no secret
    begin = end - SPAN
    midnight = day_of(end)
    sent: list[Sent] = []
    while len(sent) < count:
        person = _person(random, len(sent))
        visits = random.choice((1, 1, 2, 3))
        starts = [begin + random.randrange(SPAN) for _ in range(visits)]
        if random.random() < 0.3:  # around midnight, where a session may go on with another hash
            starts.append(midnight - random.randrange(90 * MINUTE))
        if random.random() < 0.05:  # all day long, begun before or after noon
            starts.append(midnight - random.choice((11, 13)) * HOUR)
        for start in starts:
            length = 60 if start < midnight - 10 * HOUR and random.random() < 0.3 else random.randrange(1, 9)
            sent += _visit(random, person, start, length, begin=begin, end=end)
    return sorted(sent[:count])


def _person(random: Random, number: int) -> _Person:
    kind = random.random()
    network = "198.51.100" if kind < 0.03 else "203.0.113" if kind < 0.5 else f"10.{number // 256 % 256}.{number % 256}"
    nobody = kind > 0.97
    return _Person(
        site=random.choice((0, 0, 0, 1, 1, *range(SITES))),
        ip="" if nobody else f"{network}.{random.randrange(1, 255)}",
        user_agent="" if nobody else random.choice(_PROGRAMS if 0.03 < kind < 0.12 else _BROWSERS),
        gpc=random.random() < 0.02,
        dnt=random.random() < 0.02,
    )


def _visit(random: Random, person: _Person, start: int, length: int, *, begin: int, end: int) -> Iterator[Sent]:
    at = start
    for _ in range(length):
        if not begin <= at < end:
            return
        request = Request(
            ip=person.ip,
            user_agent=person.user_agent,
            gpc=person.gpc,
            dnt=person.dnt,
            prefetch=random.random() < 0.02,
        )
        yield Sent(at, at + _delay(random), person.site, _raw(random), request)
        at += random.choice(_GAPS) if length < 20 else random.randrange(10 * MINUTE, 28 * MINUTE)


def _delay(random: Random) -> int:
    """Mostly none, sometimes as long as a collector without a broker can hold on, or as a replay takes."""
    how = random.random()
    return 0 if how < 0.8 else random.randrange(10 * SECOND if how < 0.95 else HOUR if how < 0.99 else 20 * HOUR)


def _raw(random: Random) -> RawEvent:
    path = random.choice(_PATHS) if random.random() < 0.9 else f"/page/{random.randrange(500)}"
    how = random.random()
    event = partial(
        RawEvent,
        url=f"https://www.example.com{path}{random.choice(_CAMPAIGNS)}",
        path=path,
        referrer=random.choice(_REFERRERS),
        screen_width=random.choice((0, 390, 1440)),
    )
    if how < 0.75:
        return event(type=EventType.PAGE_VIEW.value, status=200)
    if how < 0.83:
        properties = json.dumps({"plan": random.choice(("free", "pro")), "seats": random.randrange(9)})
        return event(type=EventType.CUSTOM.value, name=random.choice(("signup", "/pricing")), properties=properties)
    if how < 0.87:
        return event(type=EventType.OUTBOUND_LINK.value, name="https://example.org/")
    return event(type=random.choice(_PASSIVE).value, engaged_ms=random.randrange(60_000))


def has_midnight(end: int) -> bool:
    """Whether the traffic has enough of both sides of the last midnight for sessions to go on over it."""
    return 10 * MINUTE < end - day_of(end) < SPAN - HOUR
