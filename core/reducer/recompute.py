"""The slow path: sessions and facts of whole visitor-days from scratch, out of the store's rows and the batch's events.

A change to one visitor-day can reach, beyond its own sessions, the last session of the day before (which may go on in
it) and the first of the day after (which may have begun in it), and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from core.events import Event, StoredEvent, TrafficClass, order_key
from core.reducer.counting import begin, count
from core.reducer.rules import Key, day_before, may_join_forward, prev_of, room
from core.sessions import Link
from core.spans import DAY, day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from core.reducer.open_session import OpenSession
    from core.reducer.state import VisitorRecord
    from core.sessions import Loaded


@dataclass(slots=True)
class Row:
    """One counted event: as it stands in the store (None: it does not yet), and as it should."""

    event: Event
    stored: StoredEvent | None
    session: OpenSession = field(init=False)
    facts: int = field(init=False)
    fragment: int = field(init=False)  #: its number in the visitor-day


@dataclass(slots=True)
class Day:
    """One visitor-day: all its counted events in order, and the record that adding them made."""

    key: Key
    rows: list[Row]
    prev: int
    record: VisitorRecord = field(init=False)


@dataclass(slots=True)
class Stored:
    """What the store holds, and the batch adds: counted rows and `prev` by visitor-day.

    Floods are by site and visitor alone, for their class no longer tells which of a visitor's days they are of.
    """

    counted: dict[Key, list[Row]] = field(default_factory=dict)
    prevs: dict[Key, int] = field(default_factory=dict)
    floods: dict[tuple[int, int], list[Event]] = field(default_factory=dict)

    def floods_of(self, key: Key) -> list[Event]:
        """The visitor's events beyond the limit."""
        return self.floods.setdefault((key[0], key[2]), [])


class Neighbours(NamedTuple):
    """Of each visitor-day that has a link: the same person's day before, and the other way round."""

    before: Mapping[Key, Key]
    after: Mapping[Key, Key]


@dataclass(slots=True)
class Recomputed:
    """What the store should hold: `days` by key, the `rows` that may have changed, in order within each person."""

    days: dict[Key, Day] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    floods: list[Event] = field(default_factory=list)  #: new, and beyond the visitor's daily limit
    links: set[Link] = field(default_factory=set)
    duplicates: int = 0


def recompute(batch: Mapping[Key, list[Event]], loaded: Loaded, flood_limit: int) -> Recomputed:
    """Recomputes the visitor-days of the batch, each given with its events in order.

    `loaded` holds all rows of them and of the days linked to them, and those links.
    """
    result = Recomputed()
    stored = _by_visitor_day(loaded)
    for key, events in batch.items():
        _admit(key, events, stored, flood_limit, result)
    before = {key: day_before(key, prev) for key, prev in stored.prevs.items()}
    neighbours = Neighbours(before, {earlier: key for key, earlier in before.items()})
    for key in sorted(_reach(batch, neighbours), key=itemgetter(3)):
        if stored.counted.get(key):
            day = Day(key, sorted(stored.counted[key], key=_order_of_row), stored.prevs.get(key, 0))
            _count_day(day, result.days.get(before[key]) if key in before else None, stored.floods_of(key))
            result.days[key] = day
    for day in result.days.values():
        result.rows += _reached_rows(day, batch, neighbours)
    return result


def _by_visitor_day(loaded: Loaded) -> Stored:
    stored = Stored()
    for row in loaded.events:
        event = row.event
        if event.traffic == TrafficClass.FLOOD:
            stored.floods.setdefault((event.site, event.visitor), []).append(event)
        else:
            key = (event.site, event.traffic, event.visitor, day_of(event.ts))
            stored.counted.setdefault(key, []).append(Row(event, row))
    for link in loaded.links:
        stored.prevs[link.site, link.traffic, link.visitor, link.day] = link.prev
    return stored


def _admit(key: Key, events: Collection[Event], stored: Stored, flood_limit: int, result: Recomputed) -> None:
    """Adds to what is stored those of the visitor-day's events that are new, up to its limit, and their `prev`."""
    site, traffic, visitor, day = key
    rows = stored.counted.setdefault(key, [])
    floods = stored.floods_of(key)
    new = _not_stored(events, (row.event for row in rows), floods)
    result.duplicates += len(events) - len(new)
    admitted = room(len(rows), flood_limit)
    rows += [Row(event, None) for event in new[:admitted]]
    floods += new[admitted:]
    result.floods += new[admitted:]
    prev = prev_of(new[:admitted])
    if prev and key not in stored.prevs:
        stored.prevs[key] = prev
        result.links.add(Link(site, traffic, visitor, prev, day))


def _not_stored(events: Collection[Event], counted: Iterable[Event], floods: Iterable[Event]) -> list[Event]:
    """The events whose ids the store does not have: the only place where ids are compared with stored ones."""
    known = {event.event_id for event in counted} | {event.event_id for event in floods}
    return [event for event in events if event.event_id not in known]


def _reach(batch: Iterable[Key], neighbours: Neighbours) -> set[Key]:
    """The visitor-days of the batch, the day before each and the day after each."""
    reach: set[Key] = set()
    for key in batch:
        reach.add(key)
        if key in neighbours.before:
            reach.add(neighbours.before[key])
        if key in neighbours.after:
            reach.add(neighbours.after[key])
    return reach


def _count_day(day: Day, yesterday: Day | None, floods: Iterable[Event]) -> None:
    """Counts a whole visitor-day, going on from the day before if that was counted."""
    day.record = begin(day.key, day.prev, day.rows[0].event.ts, yesterday.record if yesterday else None)
    for row in day.rows:
        row.session, row.facts = count(day.record, row.event)
        row.fragment = day.record.fragment
    day.record.last = max([order_key(day.rows[-1].event), *map(order_key, floods)])


def _reached_rows(day: Day, batch: Collection[Key], neighbours: Neighbours) -> list[Row]:
    """The rows of a visitor-day that the batch's can change: all of its own, a neighbour's first or last fragment."""
    rows = day.rows
    if day.key in batch:
        return rows
    reached: list[Row] = []
    if neighbours.before.get(day.key) in batch:
        reached += [row for row in rows if row.fragment == 1]
    if neighbours.after.get(day.key) in batch:
        last = [row for row in rows if row.fragment == day.record.fragment]
        if may_join_forward(last[0].event.ts, day.key[3] + DAY):
            reached += last
    return reached


def _order_of_row(row: Row) -> tuple[int, int]:
    return order_key(row.event)
