"""Which visitor-days of a batch follow what is known of them, and which must be recomputed from their rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from core.events import Event, TrafficClass, order_key
from core.reducer.rules import Key, day_before, prev_of, room
from core.spans import DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from core.reducer.state import State, VisitorRecord


class Group(NamedTuple):
    """The events of one visitor-day in one batch, in order, ids distinct; `record` is None if it is provably new."""

    key: Key
    record: VisitorRecord | None
    prev: int
    events: list[Event]


_ts_of: Final[Callable[[Event], int]] = itemgetter(Event._fields.index("ts"))


@dataclass(slots=True)
class Plan:
    """A batch taken apart."""

    batch: Sequence[Event]
    in_order: list[Group] = field(default_factory=list)
    recomputed: dict[Key, list[Event]] = field(default_factory=dict)
    uncounted: list[Event] = field(default_factory=list)  #: without a visitor, or a flood already
    duplicates: int = 0  #: ids that the batch holds twice
    greatest_ts: int = 0


def make_plan(batch: Sequence[Event], state: State, flood_limit: int) -> Plan:
    """Takes the batch apart. Reads the state, changes nothing."""
    plan = Plan(batch)
    groups, carriers = _group(plan)
    neighbours: list[tuple[Key, Key]] = []
    today = state.today
    for key, events in groups.items():
        record = state.find(key)
        prev = 0
        if key in carriers:
            prev = prev_of(events[: room(record.count if record else 0, flood_limit)])
            neighbours.append((key, day_before(key, prev_of(events))))
        if record is not None and record.prev:
            neighbours.append((key, day_before(key, record.prev)))
        group = Group(key, record, prev, events)
        if key[3] >= today and _is_in_order(group, state, groups):
            plan.in_order.append(group)
        else:
            plan.recomputed[key] = events
    if neighbours:
        _spread(plan, neighbours, groups)
        plan.in_order.sort(key=lambda group: group.key[3])
    return plan


def _group(plan: Plan) -> tuple[dict[Key, list[Event]], set[Key]]:
    """The batch's events by visitor-day, each in order and once; and the visitor-days of which an event has `prev`."""
    flood = TrafficClass.FLOOD
    groups: dict[Key, list[Event]] = {}
    carriers: set[Key] = set()
    for event in plan.batch:
        ts = event.ts
        visitor = event.visitor
        if not visitor or event.traffic == flood:
            plan.uncounted.append(event)
            continue
        key = (event.site, event.traffic, visitor, ts - ts % DAY)
        events = groups.get(key)
        if events is None:
            groups[key] = [event]
        else:
            events.append(event)
        if event.prev:
            carriers.add(key)
    plan.greatest_ts = max(map(_ts_of, plan.batch), default=0)
    for events in groups.values():
        if len(events) > 1:
            plan.duplicates += _sort_and_drop_duplicates(events)
    return groups, carriers


def _sort_and_drop_duplicates(events: list[Event]) -> int:
    """Puts the events of one visitor-day in order and keeps the first of each id; returns how many were dropped."""
    events.sort()  # an event begins with its order key
    by_id = {event.event_id: event for event in reversed(events)}
    dropped = len(events) - len(by_id)
    if dropped:
        events[:] = reversed(by_id.values())
    return dropped


def _is_in_order(group: Group, state: State, batch: Collection[Key]) -> bool:
    """Whether the group's events may be added to what is known of its visitor-day.

    A `prev` that comes after the visitor-day's first event may change what was told already, so it is not in order.
    """
    key, record, prev, events = group
    if record is not None:
        return order_key(events[0]) > record.last and prev in {0, record.prev}
    if not state.is_provably_new(key):
        return False
    if not prev:
        return True
    before = day_before(key, prev)
    return before in batch or state.find(before) is not None or state.is_provably_new(before)


def _spread(plan: Plan, neighbours: list[tuple[Key, Key]], groups: Mapping[Key, list[Event]]) -> None:
    """Recomputes both days of a person if one of them must be."""
    moved = True
    while moved:
        moved = False
        for pair in neighbours:
            if pair[0] in plan.recomputed or pair[1] in plan.recomputed:
                for key in pair:
                    if key in groups and key not in plan.recomputed:
                        plan.recomputed[key] = groups[key]
                        moved = True
    plan.in_order = [group for group in plan.in_order if group.key not in plan.recomputed]
