"""The reducer alone, on one core: events in order, counted from memory, against the same with nothing remembered."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING, Final

from core.events import Event
from core.reducer import Reducer
from core.sessions import Loaded
from core.spans import DAY, HOUR

if TYPE_CHECKING:
    from core.events import StoredEvent

EVENTS: Final = 200_000
PER_VISITOR: Final = 5
BATCHES: Final = (200, 1_000, 5_000)
SLOW_EVENTS: Final = 20_000
NOON_OF_A_DAY: Final = 20_000 * DAY + 12 * HOUR


def _stream(random: Random) -> list[Event]:
    """Visitors of five events each, a hundred of them at a time."""
    there = [random.getrandbits(63) for _ in range(100)]
    events: list[Event] = []
    for number in range(EVENTS):
        place = random.randrange(len(there))
        if random.randrange(PER_VISITOR) == 0:
            there[place] = random.getrandbits(63)
        events.append(view(number, there[place], f"/{random.randrange(50)}"))
    return events


def view(number: int, visitor: int, path: str) -> Event:
    """A view, ten milliseconds after the one numbered before."""
    return Event(
        ts=NOON_OF_A_DAY + number * 10,
        event_id=number,
        visitor=visitor,
        prev=0,
        site=1,
        traffic=0,
        type="page_view",
        name="",
        path=path,
        query="",
        referrer="search.example/",
        referrer_host="search.example",
        channel="Organic",
        utm_source="",
        utm_medium="",
        utm_campaign="",
        utm_content="",
        utm_term="",
        hostname="example.org",
        country="DE",
        region="",
        city="",
        browser="Firefox",
        browser_version="130",
        os="Linux",
        os_version="",
        device="desktop",
        screen="l",
        status=200,
        engaged_ms=0,
        ip="",
        properties="",
    )


def _in_order(events: list[Event], size: int) -> float:
    """Events a second, all on the fast path."""
    reducer = Reducer(greatest_ts=NOON_OF_A_DAY - DAY)
    began = time.process_time()
    for at in range(0, len(events), size):
        batch = events[at : at + size]
        reducer.needs(batch)
        reducer.apply(batch, Loaded())
    return len(events) / (time.process_time() - began)


def _recomputed(events: list[Event], size: int) -> float:
    """Events a second when nothing is remembered and each visitor's day is given anew; what loads it is not timed."""
    stored: defaultdict[int, dict[int, StoredEvent]] = defaultdict(dict)
    spent = 0.0
    for at in range(0, len(events), size):
        batch = events[at : at + size]
        reducer = Reducer(greatest_ts=NOON_OF_A_DAY)
        needs = reducer.needs(batch)
        loaded = Loaded([row for day in needs for row in stored[day.visitor].values()])
        began = time.process_time()
        delta = reducer.apply(batch, loaded)
        spent += time.process_time() - began
        for row in delta.events:
            stored[row.event.visitor][row.event.event_id] = row
        for change in delta.changes:
            row = stored[change.visitor][change.event_id]
            stored[change.visitor][change.event_id] = row._replace(session_id=change.session_id, facts=change.facts)
    return len(events) / spent


def run() -> None:
    """Print events a second by size of batch."""
    events = _stream(Random(1))  # noqa: S311 - repeatable, no secret
    gc.collect()
    for size in BATCHES:
        fast, slow = _in_order(events, size), _recomputed(events[:SLOW_EVENTS], size)
        print(f"batches of {size:5}: in order {fast:8,.0f} events/s, recomputed {slow:7,.0f} ({fast / slow:.1f} times)")
