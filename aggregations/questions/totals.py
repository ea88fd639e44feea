"""Totals of chosen visits, over any buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.reading import Columns
from aggregations.questions.buckets import counted
from aggregations.questions.choosing import is_new, is_view
from core.metrics import Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from aggregations.questions.choosing import Chosen

#: What totals need beside what the filters do.
COLUMNS: Final = Columns(
    ("ts", "session_id", "visitor", "class", "type", "path", "s1"),
    ("start", "last", "session_id", "class", "visit", "views", "actions", "entry_path", "exit_path"),
)


class Pages(NamedTuple):
    """Pages that totals are about: `has` tells of a column of paths which of them are among them."""

    has: Callable[[pl.Expr], pl.Expr]
    many: bool  #: a content group, in which a visit may see several


def totals(
    chosen: Chosen, edges: Sequence[int], *, pages: Pages | None = None, visitors: bool = True, visits: bool = True
) -> list[pl.LazyFrame]:
    """Return frames of a `bucket` and some of the totals, which `summed` puts together.

    Args:
        chosen: of the range from the first edge to the last.
        edges: as for `buckets.counted`.
        pages: if not those of the whole site.
        visitors: whether they are counted.
        visits: whether what is said of visits is; what is said of views comes alone otherwise, without a look at them.
    """
    views = chosen.views if pages is None else chosen.views.filter(pages.has(pl.col("path")))
    of_views = {"views": is_view().sum(), "unique_views": (is_view() & pl.col("s1")).sum()}
    if pages is not None:
        of_views["visits"] = _sessions() if pages.many else pl.col("s1").sum()
    distinct = {"visitors": distinct_visitors(chosen.classes, grouped=len(edges) > 2)} if visitors else {}
    of_visits = [counted(chosen.begun, "start", edges, **_of_visits(pages))] if visits else []
    if pages is not None or not visitors:
        return [counted(views, "ts", edges, **of_views, **distinct), *of_visits]
    if chosen.sights_hold_views:
        return [counted(chosen.sights, "ts", edges, **of_views, **distinct), *of_visits]
    return [counted(views, "ts", edges, **of_views), counted(chosen.sights, "ts", edges, **distinct), *of_visits]


def summed(parts: Sequence[pl.DataFrame], *, buckets: int) -> list[Totals]:
    """Return the totals of each bucket out of collected parts."""
    found = [dict.fromkeys(Totals._fields, 0) for _ in range(buckets)]
    for row in (row for part in parts for row in part.iter_rows(named=True)):
        found[row.pop("bucket")].update(row)
    return [Totals(**fields) for fields in found]


def _sessions() -> pl.Expr:
    return pl.col("session_id").filter(pl.col("session_id") != 0).n_unique()


def distinct_visitors(classes: Collection[int], *, grouped: bool) -> pl.Expr:
    """Visitors of each class; a visitor's hash lives on one UTC day, so it is counted once on each."""
    somebody = pl.col("visitor") != 0
    if not grouped and len(classes) == 1:
        return pl.col("visitor").filter(somebody & is_new("visitor")).n_unique()
    if len(classes) == 1:
        return pl.col("visitor").filter(somebody).n_unique()
    return pl.sum_horizontal(
        pl.lit(0), *(pl.col("visitor").filter(somebody, pl.col("class") == each).n_unique() for each in classes)
    )


def _of_visits(pages: Pages | None) -> dict[str, pl.Expr]:
    seen, bounce, lasted = pl.col("views") > 0, pl.col("views") == 1, pl.col("last") - pl.col("start")
    quiet = bounce & (pl.col("actions") == 0)
    if pages is None:
        return {
            "visits": pl.len(),
            "rated": pl.len(),
            "bounces": bounce.sum(),
            "quiet_bounces": quiet.sum(),
            "duration_ms": lasted.sum(),
            "entries": seen.sum(),
            "exits": seen.sum(),
        }
    entered, left = (seen & pages.has(pl.col(column)) for column in ("entry_path", "exit_path"))
    return {
        "rated": entered.sum(),
        "bounces": (entered & bounce).sum(),
        "quiet_bounces": (entered & quiet).sum(),
        "duration_ms": lasted.filter(entered).sum(),
        "entries": entered.sum(),
        "exits": left.sum(),
    }
