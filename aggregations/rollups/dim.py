"""What visits and views are told apart by: sources, places, browsers, systems, devices, screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.rollups.rollup import Rollup, visits
from aggregations.values import value
from core.dimensions import HIT_COLUMNS, NUMBERS, OF_HITS, OF_SESSIONS
from storage.rollups import RollupTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.rollups.rollup import DayFrames
    from core.dimensions import Dimension

_SUMS: Final = ("visits", "bounces", "quiet_bounces", "duration_ms", "new", "views")
#: Views that say the value themselves, whatever their visit says. Most values have both, and so one row.
_HITS: Final = "hits"


def _hourly(frames: DayFrames) -> list[pl.LazyFrame]:
    # Said to be one, because the optimiser does not see it through so many uses and would join anew for each.
    counted = _of_sessions(frames).cache()
    hits = frames.events.filter("view").select("hour", "class", *HIT_COLUMNS, pl.lit(1, pl.Int64).alias(_HITS)).cache()
    return [
        *(_by(counted, dimension, columns, _SUMS) for dimension, columns in OF_SESSIONS.items()),
        *(_by(hits, dimension, columns, (_HITS,)) for dimension, columns in OF_HITS.items()),
    ]


def _of_sessions(frames: DayFrames) -> pl.LazyFrame:
    """Rows with the columns of a session and sums of it: for its start, and for each hour in which it went on."""
    begun = visits(frames.sessions).with_columns(
        pl.col("bounce").cast(pl.Int64).alias("bounces"),
        pl.col("quiet_bounce").cast(pl.Int64).alias("quiet_bounces"),
        visits=pl.lit(1, pl.Int64),
        new=pl.lit(0, pl.Int64),
        views=pl.lit(0, pl.Int64),
    )
    went_on = (
        frames.events.filter(pl.col("session_id") != 0, pl.col("view") | pl.col("new"))
        .group_by("session_id", "hour")
        .agg(pl.col("new").sum().cast(pl.Int64), views=pl.col("view").sum().cast(pl.Int64))
        .join(frames.named.drop("hour", "views"), on="session_id")
        .with_columns(pl.lit(0, pl.Int64).alias(name) for name in ("visits", "bounces", "quiet_bounces", "duration_ms"))
    )
    names = list(dict.fromkeys(name for columns in OF_SESSIONS.values() for name in columns))
    return pl.concat([rows.select("hour", "class", *names, *_SUMS) for rows in (begun, went_on)])


def _by(rows: pl.LazyFrame, dimension: Dimension, columns: Sequence[str], sums: Sequence[str]) -> pl.LazyFrame:
    grouped = rows.group_by("hour", "class", *columns).agg(pl.col(sums).sum())
    dim = pl.lit(NUMBERS[dimension], pl.Int16).alias("dim")
    return grouped.select("hour", "class", dim, value(columns).alias("value"), *sums)


DIM: Final = Rollup(
    table=RollupTable(name="roll_dim", number="dim", texts=("value",), sums=(*_SUMS, _HITS)), hourly=_hourly
)
