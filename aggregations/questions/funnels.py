"""Funnels: how many chosen visits take the first step, then the second, and so on."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.choosing import followed_in, is_new, of_sessions
from aggregations.questions.matching import of_step
from core.events import KINDS, Kind
from storage.archive.schema import VISIT_START

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregations.questions.choosing import Chosen
    from core.steps import Step

#: What a funnel needs beside what the filters do.
COLUMNS: Final = Columns(("event_id", "name", "path", VISIT_START), ())

_NOWHERE: Final = -1


def hits(chosen: Chosen, steps: Sequence[Step], *, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return `session_id`, `ts`, `event_id` and a column for each step, by its number, of the events that are a step.

    Args:
        chosen: whose visits take them.
        steps: one at least.
        has: leaves out the visits without a view of a page that it knows.
    """
    taken = [of_step(step) for step in steps]
    found = followed_in(chosen, has).filter(reduce(operator.or_, taken))
    if KINDS.get(steps[0].text) is Kind.PASSIVE:
        found = of_sessions(found, chosen.begun)
    return found.select("session_id", "ts", "event_id", *(expr.alias(str(number)) for number, expr in enumerate(taken)))


def steps_taken(found: pl.DataFrame, steps: int) -> list[int]:
    """Return for each of so many steps how many visits took it after all steps before it, in order.

    One event is one step at most; what happens in between does not matter.
    """
    began = _sessions(found, 0)
    counts = [began["session_id"].n_unique()]
    if steps > 1:
        # Most visits end here; only the others have to be put in order.
        both = began.join(_sessions(found, 1), on="session_id", how="semi")
        counts += _later(found.join(both, on="session_id", how="semi").sort("session_id", "ts", "event_id"), steps)
    return counts


def _sessions(found: pl.DataFrame, step: int) -> pl.DataFrame:
    """Those that took a step, whatever came before; most of them once."""
    return found.filter(pl.col(str(step))).select("session_id").filter(is_new("session_id"))


def _later(ordered: pl.DataFrame, steps: int) -> list[int]:
    """For each step but the first how many visits took it, of hits by visit and in their order.

    A hit takes a step if one that took the step before stands above it, not above the first hit of its visit: so one
    look down the rows is enough for each step.
    """
    place = pl.int_range(pl.len())
    rows = ordered.select(pl.exclude("session_id", "ts", "event_id"), visit=_last(place, is_new("session_id")))
    taken = rows.select("visit", last=_last(place, pl.col("0")))
    counts = []
    for number in range(1, steps):
        takes = rows[str(number)] & (taken["last"].shift(1, fill_value=_NOWHERE) >= rows["visit"])
        taken = rows.select("visit", last=_last(place, pl.lit(takes)))
        is_first = takes & (taken["last"].shift(1, fill_value=_NOWHERE) < rows["visit"])
        counts.append(int(is_first.sum()))
    return counts


def _last(place: pl.Expr, there: pl.Expr) -> pl.Expr:
    """The place of the last row up to this one where something is, before all rows without one."""
    return pl.when(there).then(place).otherwise(_NOWHERE).cum_max()
