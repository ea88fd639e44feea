"""Journeys: which pages visits see one after the other, and what comes before and after one page.

A page that is seen again at once, by a reload say, is one stop of a journey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.choosing import followed_in, is_view, of_sessions
from storage.archive.schema import VISIT_START

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregations.questions.choosing import Chosen

#: What journeys need beside what the filters do.
COLUMNS: Final = Columns(("event_id", "path", VISIT_START), ())
#: No stored text has it.
_BETWEEN: Final = "\0"


def sequences(chosen: Chosen, *, stops: int, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return `pages`, the first so many stops of a visit, as a list, and `visits`, how many begin like this.

    With `has`, only of visits with a view of a page that it knows.
    """
    pages = pl.col("path").head(stops).str.join(_BETWEEN)
    begun = _stops(followed_in(chosen, has)).group_by("session_id", maintain_order=True).agg(pages)
    counted = begun.group_by("path").agg(visits=pl.len())
    return counted.select(pl.col("path").str.split(_BETWEEN).alias("pages"), "visits")


def neighbours(chosen: Chosen, path: str, *, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return what came before and after the stops at a page: `before`, `after` and `count` of each pair of paths.

    '' before it means that the visit began there, after it that the visit ended there. With `has`, only of visits with
    a view of a page that it knows.
    """
    followed = followed_in(chosen, has)
    stops = _stops(of_sessions(followed, followed.filter(is_view(), pl.col("path") == path)))
    before, after = (pl.col("path").shift(by, fill_value="").over("session_id") for by in (1, -1))
    around = stops.with_columns(before=before, after=after).filter(pl.col("path") == path)
    return around.group_by("before", "after").agg(count=pl.len())


def _stops(events: pl.LazyFrame) -> pl.LazyFrame:
    """The views of each session in their order, without those of the page just seen."""
    ordered = (
        events.filter(is_view()).select("session_id", "ts", "event_id", "path").sort("session_id", "ts", "event_id")
    )
    seen_before = (pl.col("session_id") == pl.col("session_id").shift()) & (pl.col("path") == pl.col("path").shift())
    return ordered.filter(~seen_before.fill_null(value=False)).select("session_id", "path")
