"""Rollups by brute force: every event and session in turn, added to a dictionary."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from core.dimensions import NUMBERS, OF_HITS, OF_SESSIONS, value_of
from core.events import KINDS, Facts, Kind
from core.spans import DAY, HOUR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.dimensions import Dimension
    from core.events import Event, StoredEvent
    from core.sessions import Session

#: (grain, class, start of the span, keys …) and its sums that are not 0.
Sums: TypeAlias = dict[tuple[object, ...], dict[str, int]]


def sums_of(events: Iterable[StoredEvent], sessions: Iterable[Session], *, day: int) -> dict[str, Sums]:
    """The hour and day rows of every rollup, by table, without rows that are 0 throughout.

    Of all events and sessions those of the day (its start, ms) are counted.
    """
    sessions = [*sessions]
    begun = [session for session in sessions if day <= session.start < day + DAY]
    site: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    path: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    of_type: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    of_day = (row for row in events if row.event.traffic < 2 and day <= row.event.ts < day + DAY)
    counted = sorted(of_day, key=lambda row: row.event[:2])
    for event, _, facts in counted:
        view = event.type == "page_view"
        new, s1, d1 = (bool(facts & fact) for fact in Facts)
        for span in _spans(event.traffic, event.ts):
            site[span] += Counter(events=1, views=view, new=new, engaged_ms=event.engaged_ms)
            site[span] += Counter(views_s1=view and s1, views_d1=view and d1)
            of_type[*span, event.type, event.name] += Counter(count=1, s1=s1, d1=d1)
            if event.path:
                sums = Counter(views=view, s1=view and s1, d1=view and d1, engaged_ms=event.engaged_ms)
                path[*span, event.path] += sums + Counter({event.type: 1} if "scroll" in event.type else {})
    for session in begun:
        if session.visit:
            bounce = session.views == 1
            sums = Counter(
                bounces=bounce,
                quiet_bounces=bounce and not session.actions,
                duration_ms=session.last - session.start,
                landings=session.views > 0,
            )
            for span in _spans(session.traffic, session.start):
                site[span] += sums + Counter(visits=1)
                if session.views:
                    path[*span, session.entry_path] += sums
                    path[*span, session.exit_path] += Counter(exits=1)
    for key, views in _journeys(row.event for row in counted).items():
        site[key[:3]] += Counter(journeys=1, single_journeys=len(views) == 1)
        path[*key[:3], views[0].path] += Counter(journey_entries=1)
        path[*key[:3], views[-1].path] += Counter(journey_exits=1)
    tables = {"roll_site": site, "roll_path": path, "roll_event": of_type, "roll_dim": _dim(counted, begun, sessions)}
    return {table: _merged(rows) for table, rows in tables.items()}


def _dim(
    events: Iterable[StoredEvent], begun: Iterable[Session], sessions: Iterable[Session]
) -> dict[tuple[object, ...], Counter[str]]:
    """Of the day's events, the visits begun on it, and all that its events can be in."""
    dim: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    named = {session.session_id: session for session in sessions}
    for event, session_id, facts in events:
        view = event.type == "page_view"
        for span in _spans(event.traffic, event.ts):
            for name, value in _values(event, OF_HITS):
                dim[*span, name, value] += Counter(hits=view)
            for name, value in _values(named[session_id], OF_SESSIONS) if session_id else ():
                dim[*span, name, value] += Counter(views=view, new=bool(facts & Facts.NEW))
    for session in begun:
        bounce = session.views == 1
        sums = Counter(bounces=bounce, quiet_bounces=bounce and not session.actions)
        for span in _spans(session.traffic, session.start) if session.visit else ():
            for name, value in _values(session, OF_SESSIONS):
                dim[*span, name, value] += sums + Counter(visits=1, duration_ms=session.last - session.start)
    return dim


def _values(row: Event | Session, columns: Mapping[Dimension, Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Each dimension's number with the row's value."""
    for dimension, names in columns.items():
        yield NUMBERS[dimension], value_of([getattr(row, name) for name in names])


def _spans(traffic: int, ts: int) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (0, traffic, ts - ts % HOUR), (1, traffic, ts - ts % DAY)


def _journeys(events: Iterable[Event]) -> dict[tuple[object, ...], list[Event]]:
    """The views of each visitor's day, by (grain, class, day, visitor)."""
    views: dict[tuple[object, ...], list[Event]] = defaultdict(list)
    for event in events:
        if event.visitor and KINDS[event.type] is Kind.VIEW:
            views[1, event.traffic, event.ts - event.ts % DAY, event.visitor].append(event)
    return views


def _merged(sums: dict[tuple[object, ...], Counter[str]]) -> Sums:
    return {
        key: {name: int(value) for name, value in row.items() if value}
        for key, row in sums.items()
        if any(row.values())
    }
