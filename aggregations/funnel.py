"""Funnels: how many visits take the first step, then the second, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from core.events import EventType

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: What a funnel needs of a visit, in the order of the statement `funnels.visits`.
VISITS: Final = pl.Schema({"session_id": pl.Int64, "last": pl.Int64})
#: What a funnel needs of an event, in the order of the statement `funnels.events`.
EVENTS: Final = pl.Schema(
    {
        "session_id": pl.Int64,
        "ts": pl.Int64,
        "event_id": pl.Int64,
        "type": pl.String,
        "name": pl.String,
        "path": pl.String,
    }
)


def is_path(step: str) -> bool:
    """Whether the step is a view of a page; any other is an event, by its type or its name."""
    return step.startswith("/")


def steps_taken(events: pl.DataFrame, steps: Sequence[str], *, has: Callable[[str], bool] | None = None) -> list[int]:
    """Return for each step how many visits took it after all steps before it, in order.

    One event is one step at most; what happens in between does not matter.

    Args:
        events: shape `EVENTS`, of visits only and in any order: at least those that are a step, with `has` also all
            views.
        steps: one at least.
        has: leaves out the visits without a view of a path that it knows.
    """
    if has is not None:
        views = events.filter(_is_view())
        inside = views.filter(pl.col("path").is_in([path for path in views["path"].unique() if has(path)]))
        events = events.join(inside, on="session_id", how="semi")
    ordered = events.sort("ts", "event_id").with_row_index("place")
    # The earliest place at which each visit can have taken the steps so far.
    reached = ordered.select("session_id").unique().with_columns(before=pl.lit(-1, pl.Int64))
    counts = []
    for step in steps:
        hits = ordered.filter(_is_step(step)).select("session_id", pl.col("place").cast(pl.Int64))
        reached = (
            hits.join(reached, on="session_id")
            .filter(pl.col("place") > pl.col("before"))
            .group_by("session_id")
            .agg(before=pl.col("place").min())
        )
        counts.append(reached.height)
    return counts


def _is_view() -> pl.Expr:
    return pl.col("type") == EventType.PAGE_VIEW


def _is_step(step: str) -> pl.Expr:
    if is_path(step):
        return _is_view() & (pl.col("path") == step)
    return (pl.col("type") == step) | (pl.col("name") == step)
