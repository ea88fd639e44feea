"""Journeys: all that one visitor saw on one UTC day."""

from __future__ import annotations

import polars as pl


def journeys(events: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per visitor with a view among a day's events (`DayFrames.events`).

    Columns: class, visitor, `views`, and the `entry_path` and `exit_path` of its first and last view. Views without a
    visitor are nobody's journey.
    """
    return (
        events.filter("view", pl.col("visitor") != 0)
        .group_by("class", "visitor")
        .agg(views=pl.len(), entry_path=pl.col("path").first(), exit_path=pl.col("path").last())
    )
