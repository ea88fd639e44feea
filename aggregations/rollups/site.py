"""A site's totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.rollups.journeys import journeys
from aggregations.rollups.rollup import Rollup, visits
from storage.rollups import RollupTable

if TYPE_CHECKING:
    from aggregations.rollups.rollup import DayFrames


def _hourly(frames: DayFrames) -> list[pl.LazyFrame]:
    of_events = frames.events.group_by("hour", "class").agg(
        pl.col("new", "engaged_ms").sum(),
        events=pl.len(),
        views=pl.col("view").sum(),
        views_s1=(pl.col("view") & pl.col("s1")).sum(),
        views_d1=(pl.col("view") & pl.col("d1")).sum(),
    )
    of_visits = (
        visits(frames.sessions)
        .group_by("hour", "class")
        .agg(
            pl.col("duration_ms").sum(),
            visits=pl.len(),
            landings=pl.col("landing").sum(),
            bounces=pl.col("bounce").sum(),
            quiet_bounces=pl.col("quiet_bounce").sum(),
        )
    )
    return [of_events, of_visits]


def _daily(frames: DayFrames) -> list[pl.LazyFrame]:
    of_journeys = (
        journeys(frames.events).group_by("class").agg(journeys=pl.len(), single_journeys=(pl.col("views") == 1).sum())
    )
    return [of_journeys]


SITE: Final = Rollup(
    table=RollupTable(
        name="roll_site",
        sums=(
            "events",
            "views",
            "new",
            "views_s1",
            "views_d1",
            "visits",
            "landings",
            "bounces",
            "quiet_bounces",
            "duration_ms",
            "engaged_ms",
        ),
        daily_sums=("journeys", "single_journeys"),
        hours_for_ever=True,
    ),
    hourly=_hourly,
    daily=_daily,
)
