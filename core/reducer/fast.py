"""The fast path: adds events to a visitor-day that they follow in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from core.events import StoredEvent, TrafficClass
from core.reducer.counting import begin, count
from core.reducer.marks import mark_event, mark_start, mark_whole
from core.reducer.rules import day_before, room
from core.sessions import Delta, Link
from core.spans import HOUR, hour_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.events import Event
    from core.reducer.open_session import OpenSession
    from core.reducer.plan import Group
    from core.reducer.state import State, VisitorRecord

#: Half the cost of calling the class, for each event.
_stored_event: Final[Callable[[tuple[Event, int, int]], StoredEvent]] = partial(tuple.__new__, StoredEvent)


def apply_in_order(group: Group, state: State, flood_limit: int, delta: Delta) -> None:
    """Adds the events of one visitor-day, all later than what its record knows, and writes the change to `delta`."""
    key, record, prev, events = group
    if record is None:
        yesterday = None
        if prev:
            site, traffic, visitor, day = key
            delta.links.add(Link(site, traffic, visitor, prev, day))
            yesterday = state.find(day_before(key, prev))
        record = begin(key, prev, events[0].ts, yesterday)
        state.add(key, record)
    else:
        state.touch(key)
    counted = room(record.count, flood_limit)
    if counted:
        _count_all(record, events[:counted] if counted < len(events) else events, delta)
    if counted < len(events):
        store_floods(events[counted:], delta)
    last = events[-1]
    record.last = (last.ts, last.event_id)
    delta.fast += len(events)


def _count_all(record: VisitorRecord, events: Iterable[Event], delta: Delta) -> None:
    going_on = record.session
    naming, visit = (going_on.naming, going_on.visit) if going_on else ((), False)
    stored = delta.events
    current = None
    marked = -HOUR
    for event in events:
        session, facts = count(record, event)
        if session is not current:
            if current:
                _write_session(current, delta)
            current = session
        stored.append(_stored_event((event, session.session_id, facts)))
        if event.ts >= marked + HOUR:
            marked = hour_of(event.ts)
            mark_event(event.site, marked, delta)
    if current:
        _write_session(current, delta)
    if going_on and (going_on.naming != naming or going_on.visit != visit):
        mark_whole(going_on.site, going_on.start, going_on.last, delta)


def _write_session(session: OpenSession, delta: Delta) -> None:
    delta.sessions[session.key] = session.row()
    mark_start(session.site, session.start, delta)


def store_floods(events: Iterable[Event], delta: Delta) -> None:
    """Stores events beyond the visitor's daily limit, the verdict on each recorded in its class."""
    before = len(delta.events)
    store_uncounted((event._replace(traffic=int(TrafficClass.FLOOD)) for event in events), delta)
    delta.floods += len(delta.events) - before


def store_uncounted(events: Iterable[Event], delta: Delta) -> None:
    """Stores events that have no session and no facts."""
    for event in events:
        delta.events.append(StoredEvent(event, 0, 0))
        mark_event(event.site, event.ts, delta)
