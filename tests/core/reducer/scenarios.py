"""Random streams with everything that can go wrong on the way, and the comparison with the oracle.

A scenario is made of one seed, so that a failure is repeated by its number.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Final

from core.events import Event, StoredEvent, TrafficClass
from core.sessions import NAMING_COLUMNS, Delta, Session, SessionKey
from core.spans import DAY, FLOOD_LIMIT, HOUR, MINUTE, SECOND, hour_of, hours_between
from tests.cases import FIRST_DAY, event_at
from tests.oracle import sessionize
from tests.simulated_store import SimulatedStore, Worker

GAPS: Final = (0, 1, SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, 40 * MINUTE, 5 * HOUR)
DELAYS: Final = (0, 2 * SECOND, 10 * MINUTE, 2 * HOUR, DAY, 3 * DAY)
WHAT: Final = (
    ("page_view", "", "/a"),
    ("page_view", "", "/b"),
    ("page_view", "", "/c"),
    ("custom", "/a", "/a"),
    ("custom", "buy", "/b"),
    ("outbound_link", "buy", "/a"),
    ("close_tab", "", "/a"),
    ("scroll_50", "", "/b"),
)
CHANNELS: Final = ("Direct", "Organic", "Social")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What arrives, in the order it arrives, and how the worker fares."""

    seed: int
    arrivals: list[Event]
    capacity: int
    flood_limit: int
    batch: int  #: the largest
    rollbacks: float
    restarts: float


def scenario(seed: int) -> Scenario:
    """The scenario of this number."""
    random = Random(seed)  # noqa: S311 - repeatable, no secret
    events = _events(random)
    delays = DELAYS[: random.randint(1, len(DELAYS))]
    late = random.choice([0.02, 0.1, 0.5])
    arrivals = [(event.ts + (random.choice(delays) if random.random() < late else 0), event) for event in events]
    arrivals += [(event.ts + random.choice(DELAYS), event) for event in events if random.random() < 0.05]
    arrivals.sort()
    return Scenario(
        seed=seed,
        arrivals=[event for _, event in arrivals],
        capacity=random.choice([0, 1, 2, 100, 100]),
        flood_limit=random.choice([3, 12, FLOOD_LIMIT, FLOOD_LIMIT, FLOOD_LIMIT, FLOOD_LIMIT]),
        batch=random.choice([1, 3, 10, 50]),
        rollbacks=random.choice([0, 0.12]),
        restarts=random.choice([0, 0.05, 0.3]),
    )


def _events(random: Random) -> list[Event]:
    """Events of one to four persons on one or two sites, at times where sessions begin, end, join and split."""
    persons, sites = random.randint(1, 4), random.randint(1, 2)
    salts = random.choice([1.0, 1.0, 0.7])  # how often yesterday's salt can be had
    bots = random.choice([0.0, 0.0, 0.3])
    events: list[Event] = []
    ts = FIRST_DAY + random.choice([11, 12, 21, 23]) * HOUR + random.choice([0, 29, 30, 31, 50]) * MINUTE
    while len(events) < random.choice([10, 30, 60]):
        person, site = random.randint(0 if random.random() < 0.1 else 1, persons), random.randint(1, sites)
        run = random.choice([1, 1, 1, 3, 3, 30])
        gap = 25 * MINUTE if run == 30 else random.choice(GAPS)
        for _ in range(run):
            kind, name, path = random.choice(WHAT)
            events.append(
                event_at(
                    ts,
                    len(events),
                    site=site,
                    person=person,
                    traffic=TrafficClass.BOT if random.random() < bots else TrafficClass.HUMAN,
                    event_type=kind,
                    name=name,
                    path=path,
                    channel=random.choice(CHANNELS),
                    prev=random.random() < salts,
                    engaged_ms=random.choice([0, 0, 700]),
                ),
            )
            ts += gap
        if random.random() < 0.3:
            ts -= gap * run // 2  # persons overlap
        if random.random() < 0.1:
            ts += DAY - ts % DAY - random.choice([1, MINUTE, 10 * MINUTE, 29 * MINUTE])  # shortly before midnight
    return events


def play(scenario: Scenario, *, exact_marks: bool = False) -> None:
    """Plays the scenario through a reducer and compares all along.

    Raises:
        AssertionError: something in the store is not what the oracle says, or a sum changed without a mark.
    """
    random = Random(scenario.seed)  # noqa: S311 - repeatable, no secret
    worker = Worker(SimulatedStore(), capacity=scenario.capacity, flood_limit=scenario.flood_limit)
    store = worker.store
    rolled: dict[tuple[int, int], Counter[object]] = {}
    waiting = list(scenario.arrivals)
    applied: list[Event] = []
    while waiting:
        size = random.randint(1, scenario.batch)
        if random.random() < scenario.rollbacks:
            worker.reduce(waiting[:size])
            worker.restart()
            continue
        if random.random() < scenario.restarts:
            worker.restart()
        before = dict(store.events), dict(store.sessions)
        delta = worker.apply(waiting[:size])
        applied += waiting[:size]
        del waiting[:size]
        if exact_marks:
            assert expected_marks(before, delta) == delta.marks
        if random.random() < 0.3 or not waiting:
            check_rows(scenario, store, applied)
            check_marks(store, rolled)
            for hour in [hour for hour in store.marks if random.random() < 0.7]:
                rolled[hour] = store.sums().get(hour, Counter())
                store.marks.discard(hour)


def check_rows(scenario: Scenario, store: SimulatedStore, applied: list[Event]) -> None:
    """Compares every row with the oracle, and the rows with what was applied."""
    rows = store.rows
    facts, sessions = sessionize(row.event for row in rows)
    assert sessions == set(store.sessions.values())
    for row in rows:
        key = row.event.site, row.event.visitor, row.event.event_id
        assert facts.get(key, (0, 0)) == (row.session_id, row.facts)
    visited = {(event.site, event.visitor, event.event_id) for event in applied if event.visitor}
    assert visited == {(row.event.site, row.event.visitor, row.event.event_id) for row in rows if row.event.visitor}
    assert sum(not event.visitor for event in applied) == len(store.unvisited)
    _check_floods(scenario, rows)


def _check_floods(scenario: Scenario, rows: list[StoredEvent]) -> None:
    counted = Counter((row.event.site, row.event.visitor, row.event.traffic) for row in rows if row.event.visitor)
    for (site, visitor, traffic), count in counted.items():
        if traffic == TrafficClass.FLOOD:
            assert any(counted[site, visitor, other] == scenario.flood_limit for other in (0, 1))
        else:
            assert count <= scenario.flood_limit


def check_marks(store: SimulatedStore, rolled: dict[tuple[int, int], Counter[object]]) -> None:
    """Compares what was rolled up of the hours without a mark with what their rows add up to now."""
    sums = store.sums()
    for hour in (sums.keys() | rolled.keys()) - store.marks:
        assert sums.get(hour, Counter()) == rolled.get(hour, Counter())


def expected_marks(
    before: tuple[dict[tuple[int, int, int, int], StoredEvent], dict[SessionKey, Session]],
    delta: Delta,
) -> set[tuple[int, int]]:
    """The hours to be marked, by the three rows of the definition's table."""
    events, sessions = before
    after = {key: session for key, session in sessions.items() if key not in delta.removed} | delta.sessions
    marks = {(row.event.site, hour_of(row.event.ts)) for row in delta.events}
    marks |= {(change.site, hour_of(change.ts)) for change in delta.changes}
    marks |= {(key.site, hour_of(key.start)) for key in delta.removed}
    marks |= {(key.site, hour_of(key.start)) for key, row in delta.sessions.items() if sessions.get(key) != row}
    old_rows = {row.session_id: row for row in sessions.values()}
    new_rows = {row.session_id: row for row in after.values()}
    moved = {(c.site, c.visitor, c.ts, c.event_id): c.session_id for c in delta.changes}
    for event_key, row in events.items():
        if row.session_id:
            old, new = old_rows[row.session_id], new_rows[moved.get(event_key, row.session_id)]
            if _identity(old) != _identity(new):
                hours = hours_between(min(old.start, new.start), max(old.last, new.last))
                marks |= {(old.site, hour) for hour in hours}
    return marks


def _identity(session: Session) -> tuple[object, ...]:
    return session.session_id, session.visit, *(getattr(session, column) for column in NAMING_COLUMNS)
