"""What a reducer asks for, remembers and tells, beside what it counts."""

from __future__ import annotations

from core.events import TrafficClass
from core.reducer import Reducer
from core.sessions import Loaded, VisitorDay
from core.spans import DAY, FLOOD_LIMIT, HOUR
from tests.cases import FIRST_DAY, event_at, events_of, every, time_of, visitor_of
from tests.simulated_store import SimulatedStore, Worker

HUMAN = int(TrafficClass.HUMAN)


def hours(*texts: str) -> set[tuple[int, int]]:
    """Marks of site 1, hours written as the case table writes times."""
    return {(1, time_of(text)) for text in texts}


def test_events_in_order_need_nothing() -> None:
    """A new visitor's events, and those that follow them, are counted from memory."""
    reducer = Reducer(greatest_ts=FIRST_DAY - DAY)
    first, second = events_of("+0:00 /a, +1:00 /b")
    assert frozenset() == reducer.needs([first])
    reducer.apply([first], Loaded())
    assert frozenset() == reducer.needs([second])
    assert reducer.apply([second], Loaded()).fast == 1


def test_visitors_over_midnight_need_nothing() -> None:
    """Yesterday's record, or the knowledge that there is none, suffices for the first event of a day."""
    reducer = Reducer(greatest_ts=FIRST_DAY - DAY)
    assert frozenset() == reducer.needs(events := events_of("23:55 /a, 1d00:05 /b, 1d00:06 /a person=2"))
    assert reducer.apply(events, Loaded()).fast == 3


def test_day_of_takeover_is_asked_for() -> None:
    """Before its first midnight an owner cannot know whom the last one saw; after it, it does."""
    reducer = Reducer(greatest_ts=time_of("09:00"))
    events = events_of("+0:00 /a, 1d10:00 /a")
    assert {VisitorDay(1, HUMAN, visitor_of(1, 1, FIRST_DAY), FIRST_DAY)} == reducer.needs(events)


def test_link_is_asked_for_on_both_sides() -> None:
    """An event that may join yesterday's session needs yesterday as well."""
    reducer = Reducer(greatest_ts=time_of("1d00:01"))
    expected = {
        VisitorDay(1, HUMAN, visitor_of(1, 1, FIRST_DAY + DAY), FIRST_DAY + DAY),
        VisitorDay(1, HUMAN, visitor_of(1, 1, FIRST_DAY), FIRST_DAY),
    }
    assert expected == reducer.needs(events_of("1d00:05 /a"))


def test_capacity_bounds_memory() -> None:
    """No more visitor-days are hot than the capacity allows, the last used among them."""
    reducer = Reducer(greatest_ts=FIRST_DAY - DAY, capacity=3)
    for person in range(1, 11):
        reducer.apply([event_at(FIRST_DAY + person, person, person=person)], Loaded())
    assert reducer.hot == 3
    assert frozenset() == reducer.needs([event_at(FIRST_DAY + HOUR, 1, person=10)])
    assert len(reducer.needs([event_at(FIRST_DAY + HOUR, 1, person=1)])) == 1


def test_seen_days_are_dropped_when_the_day_turns() -> None:
    """Of visitor-days that were seen, only today's and yesterday's are remembered."""
    reducer = Reducer(greatest_ts=FIRST_DAY - DAY)
    for day in range(4):
        reducer.apply([event_at(FIRST_DAY + day * DAY, day)], Loaded())
    assert {FIRST_DAY + 2 * DAY, FIRST_DAY + 3 * DAY} == set(reducer._state._seen)


def test_greatest_time_is_of_any_event() -> None:
    """An event without a visitor moves the greatest time stamp, a late one does not."""
    reducer = Reducer(greatest_ts=FIRST_DAY - DAY)
    reducer.apply(events_of("12:00 /a person=0"), Loaded())
    reducer.apply(events_of("11:00 /a person=0"), Loaded())
    assert time_of("12:00") == reducer.greatest_ts


def test_an_empty_batch_changes_nothing() -> None:
    """A batch without events is no batch."""
    reducer = Reducer(greatest_ts=FIRST_DAY)
    delta = reducer.apply([], Loaded())
    assert not delta.events
    assert not delta.sessions
    assert not delta.marks
    assert reducer.greatest_ts == FIRST_DAY


def test_paths_and_duplicates_are_told() -> None:
    """A delta tells how many events took which path, and how many were left out."""
    worker = Worker(SimulatedStore())
    on_time, late = events_of("+10:00 /a, +0:00 /b")
    first = worker.apply([on_time, on_time])
    assert (first.fast, first.slow, first.duplicates) == (1, 0, 1)
    second = worker.apply([late, on_time])
    assert (second.fast, second.slow, second.duplicates) == (0, 1, 1)


def test_floods_are_stored_as_such_and_told() -> None:
    """An event beyond the limit is stored with class flood, without session and facts, also when it comes again."""
    worker = Worker(SimulatedStore(), flood_limit=1)
    worker.apply(events_of("+0:00 /a"))
    flood = event_at(time_of("+1:00"), 1)
    delta = worker.apply([flood])
    assert delta.floods == 1
    assert [(row.event.traffic, row.session_id, row.facts) for row in delta.events] == [(TrafficClass.FLOOD, 0, 0)]
    assert worker.apply([flood]).duplicates == 1


def test_the_limit_is_twenty_thousand() -> None:
    """The 20,001st counted event of a visitor's day is a flood."""
    reducer = Reducer(greatest_ts=0)
    events = [event_at(FIRST_DAY + number, number) for number in range(FLOOD_LIMIT + 1)]
    assert reducer.apply(events, Loaded()).floods == 1


def test_events_without_visitor_are_never_duplicates() -> None:
    """Nothing tells two events without a visitor apart, so both count; the log keeps out what was appended twice."""
    (event,) = events_of("+0:00 /a person=0")
    delta = Reducer(greatest_ts=0).apply([event, event], Loaded())
    assert (len(delta.events), delta.duplicates) == (2, 0)


def test_a_session_s_start_is_marked_with_each_event() -> None:
    """The sums of a session in progress are of the hour it started in."""
    worker = Worker(SimulatedStore())
    first, second = events_of("10:50 /a, 11:05 /b")
    worker.apply([first])
    assert hours("10:00", "11:00") == worker.apply([second]).marks


def test_an_unchanged_session_is_not_marked() -> None:
    """A visitor's next session says nothing about the last one."""
    worker = Worker(SimulatedStore())
    first, second = events_of("10:50 /a, 12:05 /b")
    worker.apply([first])
    delta = worker.apply([second])
    assert hours("12:00") == delta.marks
    assert len(delta.sessions) == 1


def test_a_new_name_marks_the_whole_session() -> None:
    """A first view after actions changes the source of all events before it."""
    worker = Worker(SimulatedStore())
    worker.apply(events_of("10:10 !a, 10:35 !b, 11:00 !c, 11:25 !d, 11:50 !e"))
    (view,) = events_of("12:15 /a channel=Organic")
    assert hours("10:00", "11:00", "12:00") == worker.apply([view]).marks


def test_a_new_id_marks_both_days() -> None:
    """A session that begins earlier than was known has another id, on both sides of midnight."""
    worker = Worker(SimulatedStore())
    worker.apply(events_of("23:50 /a, 1d00:10 /b"))
    delta = worker.apply(events_of("22:59 ~close_tab, 23:25 /c"))
    assert hours("22:00", "23:00", "1d00:00") == delta.marks
    assert len(delta.removed) == 1
    assert len(delta.changes) == 2


def test_a_split_marks_both_days() -> None:
    """A join taken away by a late event changes both parts; the first keeps its hours but for a new id."""
    worker = Worker(SimulatedStore())
    worker.apply(events_of(every(25, "12:05", "1d00:10")))
    delta = worker.apply(events_of("11:58 /a"))
    assert {(1, FIRST_DAY + hour * HOUR) for hour in range(11, 25)} == delta.marks
    assert len(delta.sessions) == 2
    assert len(delta.removed) == 1
