"""What visits and views are told apart by: sources, places, browsers, systems, devices, screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.rollups.rollup import Rollup, visits
from core.dimensions import HIT_COLUMNS, OF_HITS, OF_SESSIONS
from storage.rollups import RollupTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.rollups.rollup import DayFrames

_SUMS: Final = ("visits", "bounces", "quiet_bounces", "duration_ms", "new", "views")


def _hourly(frames: DayFrames) -> list[pl.LazyFrame]:
    # Said to be one, because the optimiser does not see it through so many uses and would join anew for each.
    counted = _of_sessions(frames).cache()
    hits = frames.events.filter("view").select("hour", "class", *HIT_COLUMNS, views=pl.lit(1, pl.Int64)).cache()
    return [
        *(_by(counted, dimension, columns, _SUMS) for dimension, columns in OF_SESSIONS.items()),
        *(_by(hits, dimension, columns, ("views",)) for dimension, columns in OF_HITS.items()),
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


def _by(rows: pl.LazyFrame, dimension: str, columns: Sequence[str], sums: Sequence[str]) -> pl.LazyFrame:
    grouped = rows.group_by("hour", "class", *columns).agg(pl.col(sums).sum())
    return grouped.select("hour", "class", pl.lit(dimension).alias("dim"), _value(columns).alias("value"), *sums)


def _value(columns: Sequence[str]) -> pl.Expr:
    """`core.dimensions.value_of` as an expression."""
    if len(columns) == 1:
        return pl.col(columns[0]).cast(pl.String)
    escaped = [
        pl.col(column)
        .cast(pl.String)
        .str.replace_all("\\", "\\\\", literal=True)
        .str.replace_all("\t", "\\t", literal=True)
        for column in columns
    ]
    return pl.concat_str(escaped, separator="\t")


DIM: Final = Rollup(
    table=RollupTable(name="roll_dim", keys=("dim", "value"), sums=_SUMS, together=("dim",)), hourly=_hourly
)
