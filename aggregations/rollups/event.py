"""How often each event happened, in how many visits and for how many visitors of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.rollups.rollup import Rollup
from storage.rollups import RollupTable

if TYPE_CHECKING:
    from aggregations.rollups.rollup import DayFrames


def _hourly(frames: DayFrames) -> list[pl.LazyFrame]:
    by_name = frames.events.group_by("hour", "class", "type", "name")
    return [by_name.agg(pl.col("s1", "d1").sum(), count=pl.len())]


EVENT: Final = Rollup(
    table=RollupTable(name="roll_event", texts=("type", "name"), sums=("count", "s1", "d1")),
    hourly=_hourly,
)
