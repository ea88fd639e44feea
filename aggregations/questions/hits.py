"""Hits: chosen views, one by one or counted by what they say themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.questions.choosing import is_any, is_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.hits import HitColumn, HitOrder, HitQuery

#: What tells where a hit stands among those of its site.
KEY: Final = ("ts", "event_id", "visitor")
_ANEW: Final = (*KEY, "path")


def columns(query: HitQuery, *wanted: str) -> tuple[str, ...]:
    """The columns of events that are wanted, and those that the query looks at."""
    looked_at = [name for name in ("path", "country", "referrer") if getattr(query, name) is not None]
    return tuple(dict.fromkeys((*wanted, "class", "type", *looked_at)))


def columns_by(query: HitQuery, column: HitColumn, *, anew: bool) -> tuple[str, ...]:
    """The columns that `counted_by` needs."""
    return columns(query, column.value, *(_ANEW if anew else ("d1",)))


def views(events: pl.LazyFrame, query: HitQuery) -> pl.LazyFrame:
    """Return the views of the classes that count, on the query's path."""
    found = events.filter(is_any("class", query.classes), is_view())
    return found if query.path is None else found.filter(pl.col("path") == query.path)


def chosen(events: pl.LazyFrame, query: HitQuery) -> pl.LazyFrame:
    """Return the hits that the query chooses among events of its range."""
    return _by_own_values(views(events, query), query)


def counted_by(events: pl.LazyFrame, query: HitQuery, column: HitColumn, *, anew: bool) -> pl.LazyFrame:
    """Return `value`, `hits`, and `unique`: for how many of the hits the visitor sees the page for the first time.

    Args:
        events: with `columns_by`.
        query: what is chosen.
        column: what the values are of.
        anew: whether the events are a part of one UTC day that begins after it: what is seen for the first time is
            then looked for in this part, whatever was before.
    """
    seen = views(events, query)
    if anew:
        somebody = pl.col("visitor") != 0
        first = pl.struct("class", "visitor", "path").is_first_distinct()
        seen = seen.sort("ts", "event_id").with_columns(d1=somebody & first)
    return (
        _by_own_values(seen, query)
        .group_by(pl.col(column.value).alias("value"))
        .agg(hits=pl.len().cast(pl.Int64), unique=pl.col("d1").sum().cast(pl.Int64))
    )


def in_order(found: pl.DataFrame, order: HitOrder) -> pl.DataFrame:
    """Return hits of one site, or of several, in an order; `site`, if it is there, tells them apart at last."""
    names = [*(("path",) if order == order.SITE_PATH_NEWEST else ()), *KEY, *({"site"} & set(found.columns))]
    return found.sort(names, descending=[name != "path" for name in names])


def window(counts: Sequence[int], offset: int, limit: int) -> tuple[int, int, int]:
    """Return (first, stop, how many stand before the first) of the parts that hold some of a list.

    Args:
        counts: how long each part of the list is.
        offset: where what is wanted begins.
        limit: how many are wanted, 1 at least.
    """
    first, before = 0, 0
    while first < len(counts) and before + counts[first] <= offset:
        before += counts[first]
        first += 1
    stop, reached = first, before
    while stop < len(counts) and reached < offset + limit:
        reached += counts[stop]
        stop += 1
    return first, stop, before


def _by_own_values(found: pl.LazyFrame, query: HitQuery) -> pl.LazyFrame:
    if query.country is not None:
        found = found.filter(pl.col("country") == query.country)
    if query.referrer is not None:
        referrer = pl.col("referrer").str.to_lowercase()
        found = found.filter(referrer.str.contains(query.referrer.lower(), literal=True))
    return found
