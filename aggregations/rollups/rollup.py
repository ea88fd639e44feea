"""What a rollup is, and how one day becomes its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from core.dimensions import HIT_COLUMNS
from core.events import EventType
from core.sessions import NAMING_COLUMNS
from core.spans import HOUR
from storage.rollups import Grain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from storage.rollups import RollupTable

#: What every row of a rollup is about, before the rollup's own keys. `span` is the start of the span, ms.
SPAN_KEYS: Final = ("grain", "class", "span")


class DayFrames(NamedTuple):
    """One UTC day of one site: its counted events by ts and event id, and its sessions.

    Paths and what else is grouped by are categories: the same few thousand texts are grouped several times.
    """

    events: pl.LazyFrame  # DAY_EVENTS, with `hour` (start of the event's hour, ms) and `view` (whether it is one)
    sessions: pl.LazyFrame  # those that began on the day: DAY_SESSIONS, with `hour` (that of the session's start)
    named: pl.LazyFrame  # all that an event of the day can be in, in the same shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """One rollup: where its rows go, and the parts that a day's rows are the sum of.

    A part has `class`, the table's keys and some of its sums; a row is the sum of all parts with its keys.
    """

    table: RollupTable
    hourly: Callable[[DayFrames], list[pl.LazyFrame]]  #: parts with `hour`, of `table.sums`
    daily: Callable[[DayFrames], list[pl.LazyFrame]] | None = None  #: parts of `table.daily_sums`


def day_frames(events: pl.DataFrame, sessions: pl.DataFrame, *, day: int) -> DayFrames:
    """Prepare one day, which begins at `day` (ms), for all rollups.

    Args:
        events: those of the day (`DAY_EVENTS`), by ts and event id; texts may be categories, here and in sessions.
        sessions: those that were there on the day (`DAY_SESSIONS`), also if they began on the day before.
        day: its start.
    """
    named = sessions.lazy().with_columns(
        pl.col("entry_path", "exit_path", *NAMING_COLUMNS).cast(pl.Categorical), hour=_hour("start")
    )
    return DayFrames(
        events=events.lazy().with_columns(
            pl.col("path", *HIT_COLUMNS).cast(pl.Categorical),
            hour=_hour("ts"),
            view=pl.col("type") == EventType.PAGE_VIEW,
        ),
        sessions=named.filter(pl.col("start") >= day),
        named=named,
    )


def roll(rollup: Rollup, frames: DayFrames, *, day: int) -> pl.LazyFrame:
    """Return the hour rows and the row of the day (which begins at `day`, ms), without those that are 0 throughout.

    Columns: `SPAN_KEYS`, then `rollup.table.columns`. Keys are text, sums Int64, nothing is null.
    """
    table = rollup.table
    keys = ("class", *table.keys)
    hours = _sum(rollup.hourly(frames), by=("hour", *keys), sums=table.sums)
    days = _sum([hours, *(rollup.daily(frames) if rollup.daily else ())], by=keys, sums=table.sums + table.daily_sums)
    grains = [
        hours.with_columns(pl.lit(0, pl.Int64).alias(column) for column in table.daily_sums).with_columns(
            span="hour", grain=pl.lit(Grain.HOUR, pl.Int8)
        ),
        days.with_columns(span=pl.lit(day, pl.Int64), grain=pl.lit(Grain.DAY, pl.Int8)),
    ]
    rows = pl.concat([grain.select(*SPAN_KEYS, *table.columns) for grain in grains])
    not_empty = pl.any_horizontal(pl.col(table.sums + table.daily_sums) != 0)
    return rows.filter(not_empty).with_columns(pl.col(table.texts).cast(pl.String))


def visits(sessions: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the sessions that are visits, with what every rollup of visits adds up.

    Adds the booleans `landing`, `bounce` and `quiet_bounce`, and `duration_ms`.
    """
    bounce = pl.col("views") == 1
    return sessions.filter("visit").with_columns(
        landing=pl.col("views") >= 1,
        bounce=bounce,
        quiet_bounce=bounce & (pl.col("actions") == 0),
        duration_ms=pl.col("last") - pl.col("start"),
    )


def _sum(parts: Iterable[pl.LazyFrame], *, by: tuple[str, ...], sums: tuple[str, ...]) -> pl.LazyFrame:
    return pl.concat(parts, how="diagonal_relaxed").group_by(by).agg(pl.col(sums).sum().cast(pl.Int64))


def _hour(column: str) -> pl.Expr:
    return pl.col(column) - pl.col(column) % HOUR
