"""Goals: chosen visits that began in the range, and how many of them reach a step, with any of their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.buckets import counted
from aggregations.questions.matching import of_step
from storage.archive.schema import VISIT_START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregations.questions.choosing import Chosen
    from core.steps import Step

#: What conversions need beside what the filters do.
COLUMNS: Final = Columns(("name", "path", VISIT_START), ())

_COUNTS: Final = {"visits": pl.len(), "conversions": pl.col("converted").sum()}


def converted(chosen: Chosen, goal: Step) -> pl.LazyFrame:
    """Return the visits with whether each is `converted`."""
    there = chosen.followed.filter(of_step(goal)).select("session_id", converted=True).unique()
    return chosen.begun.join(there, on="session_id", how="left").with_columns(
        pl.col("converted").fill_null(value=False)
    )


def conversions(visits: pl.LazyFrame) -> pl.LazyFrame:
    """Return `visits` and `conversions` of `converted` visits: one row."""
    return visits.select(**_COUNTS)


def conversions_by(visits: pl.LazyFrame, *columns: str) -> pl.LazyFrame:
    """Return `visits` and `conversions` by values of columns: of a dimension, or the page of entry or of exit."""
    return visits.group_by(columns).agg(**_COUNTS)


def conversions_by_bucket(visits: pl.LazyFrame, edges: Sequence[int]) -> pl.LazyFrame:
    """Return `visits` and `conversions` by the `bucket` in which a visit began."""
    return counted(visits, "start", edges, **_COUNTS)


def conversions_by_page(visits: pl.LazyFrame, chosen: Chosen) -> pl.LazyFrame:
    """Return `visits` and `conversions` by `path` of the chosen views."""
    seen = chosen.views.select("session_id", "path").unique()
    return seen.join(visits.select("session_id", "converted"), on="session_id").group_by("path").agg(**_COUNTS)


def conversions_by_event(visits: pl.LazyFrame, chosen: Chosen) -> pl.LazyFrame:
    """Return `visits` and `conversions` by `name` of the chosen custom events."""
    seen = chosen.events.filter(pl.col("type") == "custom").select("session_id", "name").unique()
    return seen.join(visits.select("session_id", "converted"), on="session_id").group_by("name").agg(**_COUNTS)
