"""Sessions and facts by brute force, read off the definitions: all events at once, nothing remembered."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from core.events import KINDS, Event, Facts, Kind
from core.sessions import NAMING_COLUMNS, Session, session_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable

HALF_HOUR = 30 * 60 * 1000
HALF_DAY = 24 * HALF_HOUR
DAY = 48 * HALF_HOUR

EventKey: TypeAlias = tuple[int, int, int]  # site, visitor, id
Fragment: TypeAlias = list[Event]


def sessionize(events: Iterable[Event]) -> tuple[dict[EventKey, tuple[int, int]], set[Session]]:
    """Session and facts of every event that has any, and all sessions.

    `events` are distinct, with the `prev` they came with and the class that the store recorded; those of class flood
    and those without a visitor are passed over.
    """
    counted = sorted(event for event in events if event.visitor and event.traffic < 2)
    days: dict[tuple[int, int, int], list[Event]] = {}
    for event in counted:
        days.setdefault((event.site, event.traffic, event.visitor), []).append(event)
    fragments = {who: list(_fragments(of_day)) for who, of_day in days.items()}

    goes_on_in: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for who, of_day in days.items():
        for prev in {event.prev for event in of_day} - {0}:
            before = (who[0], who[1], prev)
            if before in fragments and _are_one(fragments[before][-1], fragments[who][0]):
                goes_on_in[before] = who

    facts: dict[EventKey, tuple[int, int]] = {}
    sessions: set[Session] = set()
    for who, parts in fragments.items():
        begun_yesterday = who in goes_on_in.values()
        for part in parts[1:] if begun_yesterday else parts:
            goes_on = part is parts[-1] and who in goes_on_in
            whole = part + fragments[goes_on_in[who]][0] if goes_on else part
            session = _session(whole)
            sessions.add(session)
            for event in whole:
                day = days[event.site, event.traffic, event.visitor]
                facts[event.site, event.visitor, event.event_id] = session.session_id, _facts(event, whole, day)
    return facts, sessions


def _fragments(events: list[Event]) -> Iterable[Fragment]:
    number = 0
    numbers = []
    for index, event in enumerate(events):
        if index and event.ts - events[index - 1].ts >= HALF_HOUR:
            number += 1
        numbers.append(number)
    for _, part in groupby(zip(numbers, events, strict=True), key=lambda pair: pair[0]):
        yield [event for _, event in part]


def _are_one(last: Fragment, first: Fragment) -> bool:
    """Whether a day's last fragment and the next day's first are one session."""
    return first[0].ts - last[-1].ts < HALF_HOUR and last[0].ts % DAY >= HALF_DAY


def _subject(event: Event) -> tuple[str, ...] | None:
    kind = KINDS[event.type]
    if kind is Kind.PASSIVE:
        return None
    return (event.path,) if kind is Kind.VIEW else (event.type, event.name)


def _facts(event: Event, session: list[Event], day: list[Event]) -> int:
    subject = _subject(event)
    if subject is None:
        return 0
    first_of_day = next(other for other in day if _subject(other) is not None)
    first_in_session = next(other for other in session if _subject(other) == subject)
    first_of_subject = next(other for other in day if _subject(other) == subject)
    return (
        Facts.NEW * (first_of_day is event)
        + Facts.S1 * (first_in_session is event)
        + Facts.D1 * (first_of_subject is event)
    )


def _session(events: list[Event]) -> Session:
    first, last = events[0], events[-1]
    views = [event for event in events if KINDS[event.type] is Kind.VIEW]
    actions = [event for event in events if KINDS[event.type] is Kind.ACTION]
    naming = (views or actions or events)[0]
    columns = {column: getattr(naming, column) for column in NAMING_COLUMNS}
    if not views and not actions:
        columns |= {c: "" for c in NAMING_COLUMNS if c in {"channel", "referrer_host"} or c.startswith("utm_")}
    return Session(
        site=first.site,
        traffic=first.traffic,
        session_id=session_id_of(first.site, first.traffic, first.visitor, first.ts),
        visitor=first.visitor,
        start=first.ts,
        last=last.ts,
        events=len(events),
        views=len(views),
        actions=len(actions),
        visit=bool(views or actions),
        entry_path=views[0].path if views else "",
        exit_path=views[-1].path if views else "",
        engaged_ms=sum(event.engaged_ms for event in events),
        **columns,
    )
