"""One batch in, one delta out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reducer.difference import write_difference
from core.reducer.fast import apply_in_order, store_floods, store_uncounted
from core.reducer.plan import Plan, make_plan
from core.reducer.recompute import Recomputed, recompute
from core.reducer.rules import day_before, prev_of
from core.reducer.state import State
from core.sessions import Delta, Loaded, VisitorDay
from core.spans import DAY, FLOOD_LIMIT, day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.events import Event


class Reducer:
    """The sessions and facts of one partition's events, whatever order they arrive in.

    Pure: no clock, no I/O. For each batch ask `needs`, load that from the store, `apply`, and write the delta in one
    transaction with the partition's position. What it remembers is a cache: if the transaction does not commit, throw
    the reducer away and make a new one from the stored position.

    Args:
        greatest_ts: the greatest time stamp (ms) of any event applied to the partition so far; where no position is
            stored yet, of any event in the store; 0 for an empty store. It must not be too small: visitors of later
            days are taken to be new.
        capacity: how many visitor-days are kept in memory; about 1.5 kB each.
        flood_limit: counted events of a visitor-day, beyond which events are stored with class flood.
    """

    def __init__(self, *, greatest_ts: int, capacity: int = 200_000, flood_limit: int = FLOOD_LIMIT) -> None:
        self._state = State(greatest_ts=greatest_ts, capacity=capacity)
        self._flood_limit = flood_limit
        self._plan: Plan | None = None

    @property
    def greatest_ts(self) -> int:
        """The greatest time stamp (ms) of any event applied, to be stored with the position."""
        return self._state.greatest_ts

    @property
    def hot(self) -> int:
        """How many visitor-days are in memory."""
        return len(self._state)

    def needs(self, events: Sequence[Event]) -> frozenset[VisitorDay]:
        """The visitor-days that `apply` must be given for these events; empty if all are in order.

        `Loaded` must then hold: every link that has one of them on either side; every stored event of them and of the
        days they are linked to, floods too (whose class is FLOOD, so look rows up by site and visitor). Of an event
        the columns that sessions and facts are made of suffice; `prev` is taken from the links.
        """
        plan = self._plan_of(events)
        needed = {VisitorDay(*key) for key in plan.recomputed}
        for key, group in plan.recomputed.items():
            prev = prev_of(group)
            if prev:
                needed.add(VisitorDay(*day_before(key, prev)))
        return frozenset(needed)

    def apply(self, events: Sequence[Event], loaded: Loaded) -> Delta:
        """Counts a batch; returns what it changes in the store.

        The batch may hold events in any order and an id more than once. `loaded` is what the store holds of
        `needs(events)`, asked after the batch before this one was applied.
        """
        plan = self._plan_of(events)
        self._plan = None
        state = self._state
        delta = Delta(duplicates=plan.duplicates)
        for group in plan.in_order:
            apply_in_order(group, state, self._flood_limit, delta)
        if plan.recomputed:
            result = recompute(plan.recomputed, loaded, self._flood_limit)
            self._write(result, delta)
            self._remember(plan, result)
        store_uncounted(plan.uncounted, delta)
        delta.fast += len(plan.uncounted)
        applied = [group.key for group in plan.in_order if group.record is None]
        state.advance(plan.greatest_ts, [*applied, *plan.recomputed])
        return delta

    def _plan_of(self, events: Sequence[Event]) -> Plan:
        if self._plan is None or self._plan.batch is not events:
            self._plan = make_plan(events, self._state, self._flood_limit)
        return self._plan

    def _write(self, result: Recomputed, delta: Delta) -> None:
        before = len(delta.events)
        write_difference(result.rows, delta)
        store_floods(result.floods, delta)
        delta.links |= result.links
        delta.slow += len(delta.events) - before
        delta.duplicates += result.duplicates

    def _remember(self, plan: Plan, result: Recomputed) -> None:
        """Replaces the records of recomputed visitor-days, and of those after them; forgets those before them.

        Of a day before, only the last fragment was made complete.
        """
        state = self._state
        today = day_of(max(state.greatest_ts, plan.greatest_ts))
        for key, day in result.days.items():
            recomputed = key in plan.recomputed
            follows = state.find(key) is not None and day_before(key, day.record.prev) in plan.recomputed
            if (recomputed and key[3] >= today - DAY) or (follows and key[3] >= today):
                state.add(key, day.record)
            else:
                state.forget(key)
