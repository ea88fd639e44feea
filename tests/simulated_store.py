"""A store in memory with the promises of the real one: a batch is written whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.events import KINDS, Event, Facts, Kind, StoredEvent
from core.reducer import Reducer
from core.sessions import Delta, Link, Loaded, Session, SessionKey, VisitorDay
from core.spans import DAY, FLOOD_LIMIT, day_of, hour_of

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    Hour = tuple[int, int]
    Sums = Counter[Hashable]


@dataclass(slots=True)
class SimulatedStore:
    """Rows as tables would hold them. Writing a delta checks that it fits what is there."""

    events: dict[tuple[int, int, int, int], StoredEvent] = field(default_factory=dict)
    unvisited: list[StoredEvent] = field(default_factory=list)  #: without a visitor: no key tells these apart
    sessions: dict[SessionKey, Session] = field(default_factory=dict)
    links: set[Link] = field(default_factory=set)
    marks: set[Hour] = field(default_factory=set)
    greatest_ts: int = 0

    def load(self, needed: Collection[VisitorDay]) -> Loaded:
        """The rows of these visitor-days, of the days linked to them on either side, and the links."""
        if not needed:
            return Loaded()
        days = {(day.site, day.visitor, day.day) for day in needed}
        links = [
            link
            for link in self.links
            if {(link.site, link.visitor, link.day), (link.site, link.prev, link.day - DAY)} & days
        ]
        for link in links:
            days |= {(link.site, link.visitor, link.day), (link.site, link.prev, link.day - DAY)}
        rows = [
            row for row in self.events.values() if (row.event.site, row.event.visitor, day_of(row.event.ts)) in days
        ]
        return Loaded(events=[row._replace(event=_as_loaded(row.event)) for row in rows], links=links)

    def write(self, delta: Delta, greatest_ts: int) -> None:
        """One transaction. A delta that does not fit fails the test that made it."""
        assert not delta.removed & delta.sessions.keys()
        for row in delta.events:
            key = _key_of(row.event)
            assert key not in self.events, f"stored twice: {row.event}"
            if row.event.visitor:
                self.events[key] = row
            else:
                self.unvisited.append(row)
        for change in delta.changes:
            key = (change.site, change.visitor, change.ts, change.event_id)
            before = self.events[key]
            after = StoredEvent(before.event, change.session_id, change.facts)
            assert before != after, f"nothing changes: {change}"
            self.events[key] = after
        for session_key in delta.removed:
            del self.sessions[session_key]
        for session_key, session in delta.sessions.items():
            assert session_key == session.key
            self.sessions[session_key] = session
        assert not delta.links & self.links
        self.links |= delta.links
        self.marks |= delta.marks
        self.greatest_ts = greatest_ts

    @property
    def rows(self) -> list[StoredEvent]:
        """All event rows in their order."""
        return sorted([*self.events.values(), *self.unvisited])

    def sums(self) -> dict[Hour, Sums]:
        """By site and hour all sums that rollups hold of it, straight from the rows."""
        sums: dict[Hour, Sums] = {}
        sessions = {session.session_id: session for session in self.sessions.values()}
        for row in self.rows:
            event = row.event
            hour = sums.setdefault((event.site, hour_of(event.ts)), Counter())
            hour["rows", event.traffic] += 1
            session = sessions.get(row.session_id)
            if session is None:
                continue
            subject = (KINDS[event.type], event.type, event.name, event.path, event.traffic)
            source = (session.channel, session.referrer_host, session.country, session.device)
            for name, count in (("events", 1), *((fact.name, row.facts & fact > 0) for fact in Facts)):
                hour[name, subject] += count
                hour[name, source, event.traffic, KINDS[event.type] is Kind.VIEW] += count
            hour["of", row.session_id] += 1
        for session in self.sessions.values():
            hour = sums.setdefault((session.site, hour_of(session.start)), Counter())
            hour[session] += 1
        return sums


@dataclass(slots=True)
class Worker:
    """Owns the partition of one store: reduces batches and writes them, forgets everything when told to."""

    store: SimulatedStore
    capacity: int = 1_000
    flood_limit: int = FLOOD_LIMIT
    reducer: Reducer = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begins again from the stored position: a crash, a rollback or a move to another owner."""
        self.reducer = Reducer(
            greatest_ts=self.store.greatest_ts,
            capacity=self.capacity,
            flood_limit=self.flood_limit,
        )

    def reduce(self, batch: Sequence[Event]) -> Delta:
        """Reduces the batch and does not write it; only good before a restart."""
        return self.reducer.apply(batch, self.store.load(self.reducer.needs(batch)))

    def apply(self, batch: Sequence[Event]) -> Delta:
        """Reduces the batch and writes it."""
        delta = self.reduce(batch)
        self.store.write(delta, self.reducer.greatest_ts)
        return delta


def _key_of(event: Event) -> tuple[int, int, int, int]:
    return event.site, event.visitor, event.ts, event.event_id


def _as_loaded(event: Event) -> Event:
    """The event as a store answers it: `prev` is no column, and columns that no session is made of are not read."""
    return event._replace(prev=0, query="", referrer="", status=0, ip="", properties="")
