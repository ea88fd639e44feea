"""Visitors of the two local days that a UTC day is part of: so those of a local day are sums too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from core.events import ACTIVE_TYPES, TrafficClass
from core.ranges import Days, ends
from core.spans import DAY, SECOND
from storage.zones import ZoneVisitors

if TYPE_CHECKING:
    from datetime import tzinfo

    from aggregations.rollups.rollup import DayFrames


@lru_cache(4_096)  # asked for each day of a series
def midnight_in(day: int, zone: tzinfo) -> int | None:
    """Return when, inside of the UTC day that begins at `day`, a day of the zone begins; both in ms.

    None if none does, as on UTC, or more than one, as where clocks leap over a date.
    """
    date = datetime.fromtimestamp(day // SECOND, UTC).date()
    found = set()
    for days in (-1, 0, 1):
        local = date + timedelta(days=days)
        found |= {edge for edge in ends(Days(first=local, last=local), zone) if day < edge < day + DAY}
    return found.pop() if len(found) == 1 else None


def zone_visitors(frames: DayFrames, midnight: int) -> list[ZoneVisitors]:
    """Return for each class the distinct visitors of the day before the midnight (ms) and from it on, zeros too."""
    is_before = pl.col("ts") < midnight
    visitor = pl.col("visitor")
    counted = (
        frames.events.filter(pl.col("visitor") != 0, pl.col("type").is_in(ACTIVE_TYPES))
        .group_by("class")
        .agg(visitor.filter(is_before).n_unique().alias("before"), visitor.filter(~is_before).n_unique().alias("after"))
        .select("class", "before", "after")
        .collect()
    )
    found = {traffic: ZoneVisitors(traffic, before, after) for traffic, before, after in counted.iter_rows()}
    return [found.get(traffic, ZoneVisitors(traffic, 0, 0)) for traffic in (TrafficClass.HUMAN, TrafficClass.BOT)]
