"""What happened on each path: its views, the visits that entered or left there, how far and how long it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.rollups.journeys import journeys
from aggregations.rollups.rollup import Rollup, visits
from core.events import EventType
from storage.rollups import RollupTable

if TYPE_CHECKING:
    from aggregations.rollups.rollup import DayFrames

_SCROLLS: Final = (EventType.SCROLL_25, EventType.SCROLL_50, EventType.SCROLL_75)


def _hourly(frames: DayFrames) -> list[pl.LazyFrame]:
    of_events = (
        frames.events.filter(pl.col("path") != "")
        .group_by("hour", "class", "path")
        .agg(
            pl.col("engaged_ms").sum(),
            *((pl.col("type") == scroll).sum().alias(scroll) for scroll in _SCROLLS),
            views=pl.col("view").sum(),
            s1=(pl.col("view") & pl.col("s1")).sum(),
            d1=(pl.col("view") & pl.col("d1")).sum(),
        )
    )
    landed = visits(frames.sessions).filter("landing")
    of_entries = landed.group_by("hour", "class", path="entry_path").agg(
        pl.col("duration_ms").sum(),
        landings=pl.len(),
        bounces=pl.col("bounce").sum(),
        quiet_bounces=pl.col("quiet_bounce").sum(),
    )
    of_exits = landed.group_by("hour", "class", path="exit_path").agg(exits=pl.len())
    return [of_events, of_entries, of_exits]


def _daily(frames: DayFrames) -> list[pl.LazyFrame]:
    all_journeys = journeys(frames.events)
    return [
        all_journeys.group_by("class", path="entry_path").agg(journey_entries=pl.len()),
        all_journeys.group_by("class", path="exit_path").agg(journey_exits=pl.len()),
    ]


PATH: Final = Rollup(
    table=RollupTable(
        name="roll_path",
        texts=("path",),
        sums=(
            "views",
            "s1",
            "d1",
            "landings",
            "bounces",
            "quiet_bounces",
            "duration_ms",
            "exits",
            "engaged_ms",
            "scroll_25",
            "scroll_50",
            "scroll_75",
        ),
        daily_sums=("journey_entries", "journey_exits"),
    ),
    hourly=_hourly,
    daily=_daily,
)
