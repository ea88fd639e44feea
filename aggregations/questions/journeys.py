"""Journeys: which pages visits see one after the other, and what comes before and after one page.

A page that is seen again at once, by a reload say, is one stop of a journey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.choosing import followed_in, is_view, of_sessions
from aggregations.rollups.journeys import journeys as all_journeys
from storage.archive.schema import VISIT_START

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregations.questions.choosing import Chosen

#: What journeys need beside what the filters do.
COLUMNS: Final = Columns(("event_id", "path", VISIT_START), ())

#: What the days of visitors are made of.
OF_DAYS: Final = ("ts", "event_id", "visitor", "class", "type", "path")


def day_ends(views: pl.DataFrame) -> pl.DataFrame:
    """Return `key`, `entries` and `exits`: how many visitors' days began and ended with each page, out of their views.

    Args:
        views: with the columns of `OF_DAYS`, in no order, of whole days or of parts.
    """
    of_days = all_journeys(views.lazy().with_columns(view=True).sort("ts", "event_id"))
    parts = (
        of_days.select(key="entry_path", entries=1, exits=0),
        of_days.select(key="exit_path", entries=0, exits=1),
    )
    return pl.concat(parts).group_by("key").agg(pl.col("entries", "exits").sum().cast(pl.Int64)).collect()


def views(chosen: Chosen, *, path: str | None = None, has: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.LazyFrame:
    """Return what journeys are made of, in no order: `session_id`, `ts`, `event_id` and `path` of views.

    Args:
        chosen: whose visits they are.
        path: leaves out the visits that do not see this page.
        has: leaves out the visits without a view of a page that it knows.
    """
    found = followed_in(chosen, has).filter(is_view())
    if path is not None:
        found = of_sessions(found, found.filter(pl.col("path") == path))
    return found.select("session_id", "ts", "event_id", "path")


def sequences(found: pl.DataFrame, *, stops: int, limit: int, offset: int = 0) -> pl.DataFrame:
    """Return `pages`, the first so many stops of a visit, as a list, and `visits`, how many begin like this.

    Most visits first, then by their pages; some rows.
    """
    paths = _stops(found.with_columns(pl.col("path").cast(pl.Categorical)))
    pages = [str(place) for place in range(stops)]
    begun = paths.select(*(_at(place).alias(pages[place]) for place in range(stops)), before=_at(-1)).filter(
        pl.col("before").is_null()
    )
    counted = begun.group_by(pages).agg(visits=pl.len())
    # There are nearly as many journeys as visits; only those that are wanted are worth putting in order.
    least = counted["visits"].top_k(min(offset + limit, counted.height)).min() or 0
    wanted = counted.filter(pl.col("visits") >= least).with_columns(pl.col(pages).cast(pl.String))
    ordered = wanted.sort("visits", *pages, descending=[True, *[False] * stops]).slice(offset, limit)
    return ordered.select(pages=pl.concat_list(pages).list.drop_nulls(), visits=pl.col("visits"))


def neighbours(found: pl.DataFrame, path: str) -> pl.DataFrame:
    """Return what came before and after the stops at a page: `before`, `after` and `count` of each pair of paths.

    '' before it means that the visit began there, after it that the visit ended there.
    """
    around = _stops(found).select("path", before=_at(-1).fill_null(""), after=_at(1).fill_null(""))
    return around.filter(pl.col("path") == path).group_by("before", "after").agg(count=pl.len())


def _at(place: int, column: str = "path") -> pl.Expr:
    """The column at the stop so many stops later (less than 0: before), null where that is another visit's."""
    return pl.when(_is_of_visit(place)).then(pl.col(column).shift(-place))


def _is_of_visit(place: int) -> pl.Expr:
    return pl.col("session_id") == pl.col("session_id").shift(-place)


def _stops(found: pl.DataFrame) -> pl.DataFrame:
    """The views of each visit together and in their order, without those of the page just seen."""
    again = _is_of_visit(-1) & (pl.col("path") == pl.col("path").shift())
    return _ordered(found).filter(~again.fill_null(value=False)).select("session_id", "path")


def _ordered(found: pl.DataFrame) -> pl.DataFrame:
    """Files hold the events of each visit together and in their order; to see that is cheaper than to sort."""
    beside = found.select("session_id", "ts", "event_id", same=_is_of_visit(-1).fill_null(value=False))
    later = (pl.col("ts") > pl.col("ts").shift()) | (
        (pl.col("ts") == pl.col("ts").shift()) & (pl.col("event_id") > pl.col("event_id").shift())
    )
    visits, in_order = beside.select(visits=(~pl.col("same")).sum(), in_order=(later | ~pl.col("same")).all()).row(0)
    if in_order and visits == found["session_id"].n_unique():
        return found
    return found.sort("session_id", "ts", "event_id")
