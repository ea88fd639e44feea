"""Days of visitors: what each of them saw on a UTC day, or on a part of it."""

from __future__ import annotations

from typing import Final

import polars as pl

from core.spans import DAY

#: What a day of a visitor is made of.
COLUMNS: Final = ("ts", "event_id", "visitor", "class", "path")
#: What is told of it beside: of its first view.
NAMING: Final = ("referrer", "country", "browser")
_WHO: Final = ("class", "visitor")

#: No days.
NONE: Final = pl.DataFrame(
    schema={
        "class": pl.Int8,
        "visitor": pl.Int64,
        "event_id": pl.Int64,
        "first": pl.Int64,
        "last": pl.Int64,
        "entry_path": pl.String,
        "exit_path": pl.String,
        "views": pl.Int64,
    }
)


def days_of(views: pl.DataFrame) -> pl.DataFrame:
    """Return the days of the visitors that the views, with `COLUMNS` and in no order, are of; nobody has none.

    Columns: `class`, `visitor`; `first`, `event_id` and `entry_path` of the first view, `last` and `exit_path` of the
    last one, both times ms; `views`. A visitor's hash lives on one UTC day, so the views may be of several.
    """
    path, ts = pl.col("path"), pl.col("ts")
    return (
        views.filter(pl.col("visitor") != 0)
        .sort("ts", "event_id")
        .group_by(_WHO, maintain_order=True)
        .agg(
            pl.col("event_id").first(),
            first=ts.first(),
            last=ts.last(),
            entry_path=path.first(),
            exit_path=path.last(),
            views=pl.len().cast(pl.Int64),
        )
    )


def by_day(days: pl.DataFrame) -> dict[int, tuple[int, int]]:
    """Return how many there are on each UTC day (start, ms), and how many of them are of one view."""
    day = pl.col("first") - pl.col("first") % DAY
    counted = days.group_by(day=day).agg(journeys=pl.len(), single=(pl.col("views") == 1).sum())
    return {day: (journeys, single) for day, journeys, single in counted.iter_rows()}


def ends(days: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `entries` and `exits`: how many of the days begin and end with each page."""
    parts = (
        days.select(key="entry_path", entries=pl.lit(1, pl.Int64), exits=pl.lit(0, pl.Int64)),
        days.select(key="exit_path", entries=pl.lit(0, pl.Int64), exits=pl.lit(1, pl.Int64)),
    )
    return pl.concat(parts).group_by("key").agg(pl.col("entries", "exits").sum())


def latest(days: pl.DataFrame, *, limit: int, offset: int) -> pl.DataFrame:
    """Return some of the days, those that began last first."""
    return days.sort("first", "event_id", "visitor", "class", descending=True).slice(offset, limit)


def followed(days: pl.DataFrame, views: pl.DataFrame) -> pl.DataFrame:
    """Return the days in their order with their `pages`, and with `NAMING`.

    Args:
        days: of visitors.
        views: among others all that are theirs, with `COLUMNS` and `NAMING`, in no order.
    """
    seen = (
        views.join(days, on=_WHO, how="semi")
        .sort("ts", "event_id")
        .group_by(_WHO)
        .agg(pl.col("path").alias("pages"), pl.col(NAMING).first())
    )
    return days.join(seen, on=_WHO, how="left", maintain_order="left")
