"""Lists of chosen visits: what was seen, where they came from, what they were made with, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.choosing import of_sessions
from core.dimensions import OF_SESSIONS
from core.events import EventType

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregations.questions.choosing import Chosen
    from core.dimensions import Dimension

PAGE_COLUMNS: Final = Columns(("path", "s1"), ())
FLOW_COLUMNS: Final = Columns((), ("entry_path", "exit_path", "views"))
EVENT_COLUMNS: Final = Columns(("name", "path"), ())


def columns_by(*dimensions: Dimension) -> Columns:
    """What `visits_by` of each dimension needs beside what the filters do."""
    return Columns(("path",), tuple(column for dimension in dimensions for column in OF_SESSIONS[dimension]))


def pages(chosen: Chosen) -> pl.LazyFrame:
    """Return `path`, `views`, `unique_views` of the chosen views."""
    return chosen.views.group_by("path").agg(views=pl.len(), unique_views=pl.col("s1").sum())


def ends(chosen: Chosen) -> pl.LazyFrame:
    """Return `path`, `landings` and `exits`: how many chosen visits began and ended on each page."""
    seen = chosen.begun.filter(pl.col("views") > 0)
    parts = (
        seen.select(path=pl.col("entry_path"), landings=1, exits=0),
        seen.select(path=pl.col("exit_path"), landings=0, exits=1),
    )
    return pl.concat(parts).group_by("path").agg(pl.col("landings").sum(), pl.col("exits").sum())


def custom_events(chosen: Chosen, *, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return `name`, `count` of the chosen custom events; with `has`, of those on the pages that it knows."""
    custom = chosen.events.filter(pl.col("type") == EventType.CUSTOM)
    inside = custom if has is None else custom.filter(has(pl.col("path")))
    return inside.group_by("name").agg(count=pl.len())


def visits_by(chosen: Chosen, dimension: Dimension, *, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return the columns of the dimension and the `visits` of each value.

    Of the chosen visits that began in the range; with `has`, of those with a chosen view of a page that it knows.
    """
    visits = chosen.begun
    if has is not None:
        visits = of_sessions(chosen.visits, chosen.views.filter(has(pl.col("path"))))
    return visits.group_by(*OF_SESSIONS[dimension]).agg(visits=pl.len())
