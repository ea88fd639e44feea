"""The table of tricky cases, whatever way its events arrive."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from core.events import Facts
from tests.cases import CASES, Case, ExpectedSession
from tests.oracle import sessionize
from tests.simulated_store import SimulatedStore, Worker

if TYPE_CHECKING:
    from core.events import Event

LETTERS = {Facts.NEW: "N", Facts.S1: "S", Facts.D1: "D"}


def check(case: Case, store: SimulatedStore) -> None:
    """Compares what the store holds with what the case expects."""
    sessions = sorted(
        ExpectedSession(s.site, s.traffic, s.start, s.last, s.visit, s.entry_path, s.exit_path, s.channel)
        for s in store.sessions.values()
    )
    assert sorted(case.sessions) == sessions
    rows = store.rows
    assert list(case.facts) == ["".join(letter for fact, letter in LETTERS.items() if row.facts & fact) for row in rows]
    visits = [session for session in store.sessions.values() if session.visit]
    bounces = [session for session in visits if session.views == 1]
    assert case.visits == len(visits)
    assert case.bounces == len(bounces)
    assert case.quiet == sum(not session.actions for session in bounces)
    assert case.visitors == sum(row.facts & Facts.NEW for row in rows)


def names(case: Case) -> str:
    """The case's name in the test report."""
    return case.name


@pytest.mark.parametrize("case", CASES, ids=names)
def test_one_by_one(case: Case) -> None:
    """Each event in a batch of its own counts as the table says."""
    worker = Worker(SimulatedStore(), flood_limit=case.flood_limit)
    for event in case.events:
        worker.apply([event])
    check(case, worker.store)


@pytest.mark.parametrize("case", CASES, ids=names)
def test_all_at_once(case: Case) -> None:
    """All events in one batch count as the table says."""
    worker = Worker(SimulatedStore(), flood_limit=case.flood_limit)
    worker.apply(case.events)
    check(case, worker.store)


@pytest.mark.parametrize("case", [case for case in CASES if not case.large], ids=names)
def test_nothing_remembered(case: Case) -> None:
    """A reducer that must forget everything after each event counts as the table says."""
    worker = Worker(SimulatedStore(), capacity=0, flood_limit=case.flood_limit)
    for event in case.events:
        worker.apply([event])
    check(case, worker.store)


@pytest.mark.parametrize("case", [case for case in CASES if not case.large], ids=names)
def test_moved_each_time(case: Case) -> None:
    """A partition that has a new owner for each event counts as the table says."""
    worker = Worker(SimulatedStore(), flood_limit=case.flood_limit)
    for event in case.events:
        worker.apply([event])
        worker.restart()
    check(case, worker.store)


@pytest.mark.parametrize("case", [case for case in CASES if not case.large], ids=names)
def test_rolled_back_and_cut_differently(case: Case) -> None:
    """Batches that were rolled back, and come again cut differently, count as the table says."""
    worker = Worker(SimulatedStore(), flood_limit=case.flood_limit)
    half = len(case.events) // 2
    worker.reduce(case.events)
    worker.restart()
    worker.apply(case.events[:half])
    worker.reduce(case.events[half:])
    worker.restart()
    worker.apply(case.events[half:])
    check(case, worker.store)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if not case.large and len(case.events) <= case.flood_limit],
    ids=names,
)
@pytest.mark.parametrize("seed", range(6))
def test_in_any_order(case: Case, seed: int) -> None:
    """Events that arrive in another order count as the table says."""
    random = Random(seed)  # noqa: S311 - repeatable, no secret
    events: list[Event] = [*case.events]
    random.shuffle(events)
    worker = Worker(SimulatedStore(), capacity=random.choice([0, 1, 100]))
    while events:
        batch = random.randint(1, 4)
        worker.apply(events[:batch])
        del events[:batch]
    check(case, worker.store)


@pytest.mark.parametrize("case", [case for case in CASES if not case.large], ids=names)
def test_oracle(case: Case) -> None:
    """The brute-force oracle of these tests agrees with the table itself."""
    facts, sessions = sessionize(case.stored)
    store = SimulatedStore(sessions={session.key: session for session in sessions})
    worker = Worker(SimulatedStore(), flood_limit=case.flood_limit)
    for event in case.events:
        worker.apply([event])
    assert store.sessions == worker.store.sessions
    assert facts == {
        (row.event.site, row.event.visitor, row.event.event_id): (row.session_id, row.facts)
        for row in worker.store.rows
        if row.session_id
    }
