"""Deliberate bugs, one for each rule: random streams and the table of cases must notice every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

from core.events import Facts
from core.reducer.counting import begin, count, see
from core.reducer.difference import identity_changed
from core.reducer.open_session import OpenSession
from core.reducer.plan import _sort_and_drop_duplicates
from core.reducer.recompute import Neighbours, _by_visitor_day, _reached_rows
from core.reducer.state import State, VisitorRecord
from core.spans import DAY, GAP, NOON
from tests.cases import CASES
from tests.core.reducer.scenarios import play, scenario
from tests.core.reducer.test_cases import check
from tests.simulated_store import SimulatedStore, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from collections.abc import Set as AbstractSet

    from core.events import Event, Kind
    from core.reducer.plan import Group
    from core.reducer.recompute import Day, Row, Stored
    from core.reducer.rules import Key, Subject
    from core.sessions import Delta, Loaded, Session

    Carried = AbstractSet[Subject]

#: Streams that tell much, tried first; what they miss is looked for in as many others.
TELLING: Final = (4, 34, 2, 140, 16, 389, 7, 10, 46, 224, 229, 373)
STREAMS: Final = 600


@dataclass(frozen=True, slots=True)
class Mutation:
    """A rule broken: what stands at `places` (module:attribute) is replaced by `wrong`."""

    rule: str
    places: tuple[str, ...]
    wrong: Callable[..., object]
    exact_marks: bool  #: only noticed by comparing each mark; the sums are right, for other marks happen to cover it


def mutation(rule: str, places: str, wrong: Callable[..., object], *, exact_marks: bool = False) -> Mutation:
    """One row of the table; modules are those of the reducer."""
    return Mutation(rule, tuple(places.split()), wrong, exact_marks)


def _begin_without_noon_in_memory(key: Key, prev: int, first: int, yesterday: VisitorRecord | None) -> VisitorRecord:
    record = begin(key, prev, first, None)
    if yesterday and yesterday.session and first - yesterday.session.last < GAP:
        record.session, record.fragment, record.carried = yesterday.session, 1, yesterday.session_subjects()
    return record


def _begin_without_carried_subjects(key: Key, prev: int, first: int, yesterday: VisitorRecord | None) -> VisitorRecord:
    record = begin(key, prev, first, yesterday)
    record.carried = frozenset()
    return record


def _begin_forgetting_prev(key: Key, _: int, first: int, yesterday: VisitorRecord | None) -> VisitorRecord:
    return begin(key, 0, first, yesterday)


def _count_carrying_on(record: VisitorRecord, event: Event) -> tuple[OpenSession, int]:
    carried = record.carried
    counted = count(record, event)
    record.carried = carried
    return counted


def _see_new_always(subject: Subject, fragment: int, subjects: dict[Subject, int], carried: Carried) -> int:
    facts = see(subject, fragment, subjects, carried)
    return facts | Facts.NEW if facts else 0


def _see_once_a_day(subject: Subject, fragment: int, subjects: dict[Subject, int], carried: Carried) -> int:
    facts = see(subject, fragment, subjects, carried)
    return facts if facts & Facts.D1 else 0


def _add_naming_by_first_event(session: OpenSession, event: Event, kind: Kind) -> None:
    naming = session.naming
    _add(session, event, kind)
    session.naming = naming or session.naming


def _add_passive_without_end(session: OpenSession, event: Event, kind: Kind) -> None:
    last = session.last
    _add(session, event, kind)
    if kind == 2:
        session.last = last


_add: Final = OpenSession.add
_advance: Final = State.advance


def _advance_forgetting_seen(state: State, greatest_ts: int, applied: Iterable[Key]) -> None:
    _advance(state, greatest_ts, ())
    del applied


def _seen_from_the_start(state: State, key: Key) -> bool:
    return key not in state._seen.get(key[3], ())


def _takeover_day_too(state: State, key: Key) -> bool:
    return bool(key[3] >= state._takeover_day) and _seen_from_the_start(state, key)


def _in_order_whatever_the_last(group: Group, state: State, _: object) -> bool:
    return group.record is not None or state.is_provably_new(group.key)


def _in_order_whatever_yesterday(group: Group, state: State, _: object) -> bool:
    key, record, _prev, events = group
    return events[0][:2] > record.last if record is not None else state.is_provably_new(key)


def _without_floods(loaded: Loaded) -> Stored:
    stored = _by_visitor_day(loaded)
    stored.floods.clear()
    return stored


def _reached_without_next(day: Day, batch: Collection[Key], neighbours: Neighbours) -> list[Row]:
    return _reached_rows(day, batch, Neighbours({}, neighbours.after))


def _reached_without_last(day: Day, batch: Collection[Key], neighbours: Neighbours) -> list[Row]:
    return _reached_rows(day, batch, Neighbours(neighbours.before, {}))


def _reach_only_back(batch: Collection[Key], neighbours: Neighbours) -> set[Key]:
    return {*batch, *(neighbours.before[key] for key in batch if key in neighbours.before)}


def _reach_only_forward(batch: Collection[Key], neighbours: Neighbours) -> set[Key]:
    return {*batch, *(neighbours.after[key] for key in batch if key in neighbours.after)}


def _sort_only(events: list[Event]) -> int:
    events.sort()
    return 0


def _drop_only(events: list[Event]) -> int:
    arrived = list(events)
    dropped = _sort_and_drop_duplicates(events)
    events[:] = list({event.event_id: event for event in arrived}.values())
    return dropped


def _nothing(*_: object) -> None:
    return None


def _mark_only_the_start(site: int, start: int, _: int, delta: Delta) -> None:
    delta.marks.add((site, start - start % 3_600_000))


def _identity_by_id_only(old: Session, new: Session) -> bool:
    return bool(old.session_id != new.session_id)


def _identity_by_naming_only(old: Session, new: Session) -> bool:
    return old.session_id == new.session_id and identity_changed(old, new)


MUTATIONS: Final = (
    mutation("a gap of thirty minutes joins", "counting:continues rules:continues", lambda last, ts: ts - last <= GAP),
    mutation("a gap of 29 minutes parts", "counting:continues", lambda last, ts: ts - last < GAP - 60_000),
    mutation("noon is forgotten", "rules:may_join_forward", lambda *_: True),
    mutation("noon is exclusive", "rules:may_join_forward", lambda start, day: start > day - DAY + NOON),
    mutation("noon is forgotten when joining", "counting:begin fast:begin", _begin_without_noon_in_memory),
    mutation("noon is forgotten in memory only", "fast:begin", _begin_without_noon_in_memory),
    mutation("nothing joins", "counting:joins", lambda *_: False),
    mutation("nothing joins in memory", "fast:begin", lambda key, prev, first, _: begin(key, prev, first, None)),
    mutation(
        "nothing joins when recomputed", "recompute:begin", lambda key, prev, first, _: begin(key, prev, first, None)
    ),
    mutation("S1 looks at the day only, in memory", "fast:begin", _begin_without_carried_subjects),
    mutation("S1 looks at the day only, recomputed", "recompute:begin", _begin_without_carried_subjects),
    mutation("a record forgets its link", "fast:begin recompute:begin", _begin_forgetting_prev),
    mutation("subjects before midnight are carried on", "fast:count recompute:count", _count_carrying_on),
    mutation("NEW with every first subject", "counting:see", _see_new_always),
    mutation("S1 once a day", "counting:see", _see_once_a_day),
    mutation("the first event names", "open_session:OpenSession.add", _add_naming_by_first_event),
    mutation("passive events end no session", "open_session:OpenSession.add", _add_passive_without_end),
    mutation("seen is not kept", "state:State.advance", _advance_forgetting_seen),
    mutation("seen is taken to be complete", "state:State.is_provably_new", _seen_from_the_start),
    mutation("the takeover day is complete", "state:State.is_provably_new", _takeover_day_too),
    mutation("late events are in order", "plan:_is_in_order", _in_order_whatever_the_last),
    mutation("a late link is in order", "plan:_is_in_order", _in_order_whatever_yesterday),
    mutation("both days of a person go their own ways", "plan:_spread", _nothing),
    mutation("an id twice in a batch", "plan:_sort_and_drop_duplicates", _sort_only),
    mutation("a batch is in order of arrival", "plan:_sort_and_drop_duplicates", _drop_only),
    mutation("stored ids are not compared", "recompute:_not_stored", lambda events, *_: list(events)),
    mutation("floods' ids are not compared", "recompute:_by_visitor_day", _without_floods),
    mutation("the limit is one too many", "fast:room recompute:room", lambda count, limit: max(0, limit + 1 - count)),
    mutation("no limit when recomputed", "recompute:room", lambda _, limit: limit),
    mutation("the next day is not loaded", "recompute:_reach", _reach_only_back),
    mutation("the day before is not loaded", "recompute:_reach", _reach_only_forward),
    mutation("the next day is not rewritten", "recompute:_reached_rows", _reached_without_next),
    mutation("the day before is not rewritten", "recompute:_reached_rows", _reached_without_last),
    mutation("the day before is rewritten before noon", "recompute:may_join_forward", lambda *_: True),
    mutation("stale records stay", "reducer:Reducer._remember", _nothing),
    mutation("absorbed rows stay", "difference:absorbed", lambda *_: set()),
    mutation("all old rows go", "difference:absorbed", lambda old, _: set(old)),
    mutation("events are not marked", "fast:mark_event difference:mark_event", _nothing),
    mutation("events written late are not marked", "difference:mark_event", _nothing),
    mutation("starts are not marked in memory", "fast:mark_start", _nothing),
    mutation("starts are not marked when recomputed", "difference:mark_start", _nothing),
    mutation("names are not marked in memory", "fast:mark_whole", _mark_only_the_start),
    mutation("names are not marked when recomputed", "difference:mark_whole", _mark_only_the_start),
    mutation("a new name is not marked", "difference:identity_changed", _identity_by_id_only),
    mutation("a new id is not marked", "difference:identity_changed", _identity_by_naming_only, exact_marks=True),
)


def _play_cases() -> None:
    """Plays the table of cases through a reducer that remembers nothing."""
    for case in CASES:
        if not case.large:
            worker = Worker(SimulatedStore(), capacity=0, flood_limit=case.flood_limit)
            for event in case.events:
                worker.apply([event])
            check(case, worker.store)


def _replace(place: str, wrong: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, attribute = place.partition(":")
    target: object = import_module(f"core.reducer.{module}")
    *owners, name = attribute.split(".")
    for owner in owners:
        target = getattr(target, owner)
    monkeypatch.setattr(target, name, wrong)


def test_nothing_is_noticed_without_a_bug() -> None:
    """What finds the bugs finds nothing in the reducer as it is."""
    for seed in TELLING:
        play(scenario(seed), exact_marks=True)
    _play_cases()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.rule)
def test_noticed(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some stream or case ends differently when the rule is broken."""
    for place in mutation.places:
        _replace(place, mutation.wrong, monkeypatch)
    with pytest.raises((AssertionError, KeyError)):  # noqa: PT012 - whichever comes first
        for seed in TELLING:
            play(scenario(seed), exact_marks=mutation.exact_marks)
        _play_cases()
        for seed in range(STREAMS):
            play(scenario(seed), exact_marks=mutation.exact_marks)
