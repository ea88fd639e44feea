"""Rows of breakdowns out of lists: pure functions from frames to rows in their order."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from aggregations.questions.matching import fits
from aggregations.tables import Order, Row
from core.dimensions import columns_of
from core.events import EventType
from core.metrics import DEFINITIONS, Totals
from core.screens import UNKNOWN
from core.subjects import Column, Subject
from storage.listings import without_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregations.tables import Table
    from core.globs import PathGroups

_S: Final = Subject
#: Subjects whose shares are of the sum of their rows, not of the site's totals.
_OF_THEIR_OWN: Final = (_S.NOT_FOUND, _S.EVENT, _S.LINK, _S.DOWNLOAD)
#: What of a list's sums a subject shows, by the name that totals have for it; unless said, all of the same name.
_SUMS: Final[Mapping[Subject, Mapping[str, str]]] = MappingProxyType(
    {
        _S.PAGE: {
            "views": "views",
            "unique_views": "unique_views",
            "visits": "unique_views",
            "visitors": "visitors",
            "rated": "rated",
            "bounces": "bounces",
            "duration_ms": "duration_ms",
            "entries": "rated",
            "exits": "exits",
        },
        _S.ENTRY: {
            "visits": "rated",
            "rated": "rated",
            "bounces": "bounces",
            "duration_ms": "duration_ms",
            "entries": "rated",
        },
        _S.EXIT: {"visits": "exits", "exits": "exits"},
        _S.GROUP: {
            "views": "views",
            "rated": "rated",
            "bounces": "bounces",
            "duration_ms": "duration_ms",
            "entries": "rated",
            "exits": "exits",
        },
        _S.SCROLL: {"views": "views"},
        **{subject: {"views": "views", "visitors": "visitors"} for subject in _OF_THEIR_OWN},
    }
)
_OF_VISITS: Final = MappingProxyType(
    {
        "views": "views",
        "visits": "visits",
        "visitors": "visitors",
        "rated": "visits",
        "bounces": "bounces",
        "duration_ms": "duration_ms",
    }
)
_SEEN: Final = frozenset({_S.PAGE, _S.GROUP})
#: Subjects of which some values go by two names.
_UNKNOWN: Final = frozenset({_S.BROWSER, _S.OS, _S.DEVICE, _S.SCREEN})


def rows_of(subject: Subject, lines: pl.DataFrame, groups: PathGroups) -> pl.DataFrame:
    """Return all rows of a subject: the text `key`, and the fields of `Totals`; in no order.

    Args:
        subject: what a row is.
        lines: `key` and its sums, each key once, some may be 0.
        groups: the site's content groups.
    """
    sums = _SUMS.get(subject, _OF_VISITS)
    of_subject = lines.lazy().select(
        _key(subject, groups).alias("key"), *(pl.col(column).alias(name) for name, column in sums.items())
    )
    found = of_subject.filter(pl.col("key").is_not_null())
    if subject is _S.GROUP or subject in _UNKNOWN:
        found = found.group_by("key").agg(pl.col(*sums).sum())
    # A visit may begin before midnight and see its first page after it.
    shown = ["views"] if subject in _SEEN else [name for name in ("views", "visits", "visitors") if name in sums]
    others = [pl.lit(0, pl.Int64).alias(name) for name in Totals._fields if name not in sums]
    rows = found.filter(pl.any_horizontal(pl.col(*shown) > 0)).with_columns(others)
    return rows.select("key", *Totals._fields).collect()


def whole_of(subject: Subject, rows: pl.DataFrame, totals: Totals) -> Totals:
    """Return what shares are of: all rows and the totals of the site are given.

    Of visits that enter or leave by pages, those that saw any; of events, all of them; otherwise the site's.
    """
    if subject in {_S.ENTRY, _S.EXIT}:
        return totals._replace(visits=totals.entries)
    return totals._replace(views=int(rows["views"].sum())) if subject in _OF_THEIR_OWN else totals


def cut(table: Table, rows: pl.DataFrame, before: pl.DataFrame | None) -> tuple[tuple[Row, ...], int]:
    """Return the rows that are asked for, and how many match.

    Args:
        table: what is asked for.
        rows: of `rows_of`.
        before: the same of the other range, if there is anything to compare with.
    """
    order = table.order or Order(table.subject.metric)
    if table.matches is not None:
        rows = rows.filter([table.matches(names_of(table.subject, key)) for key in rows["key"]])
    page = _ordered(table.subject, rows, order, before).slice(table.offset, table.limit)
    then = {} if before is None else _totals(before.filter(pl.col("key").is_in(page["key"].implode())))
    found = tuple(
        Row(names_of(table.subject, key), totals, None if before is None else then.get(key, Totals()))
        for key, totals in _totals(page).items()
    )
    return found, rows.height


def names_of(subject: Subject, key: str) -> tuple[str, ...]:
    """The names of a row."""
    return (key,) if subject.dimension is None else columns_of(subject.dimension, key)


def _key(subject: Subject, groups: PathGroups) -> pl.Expr:
    """The key of a row that a line is part of; null if of none."""
    key = pl.col("key")
    match subject:
        case Subject.GROUP:
            return _group(key, groups)
        case Subject.EVENT:
            return _after(key, f"{EventType.CUSTOM}\t")
        case Subject.SCROLL:
            scrolls = (EventType.SCROLL_25, EventType.SCROLL_50, EventType.SCROLL_75)
            type_ = key.str.strip_suffix("\t")
            return pl.when(type_.is_in(scrolls)).then(type_)
    if subject.dimension is None:
        return key
    value = without_number(subject.dimension)
    if subject in _UNKNOWN:
        return value.replace(UNKNOWN, "")
    return pl.when(value != "\t\t").then(value) if subject is _S.CAMPAIGN else value


def _after(key: pl.Expr, prefix: str) -> pl.Expr:
    return pl.when(key.str.starts_with(prefix)).then(key.str.strip_prefix(prefix))


def _group(path: pl.Expr, groups: PathGroups) -> pl.Expr:
    found = pl.lit(None, pl.String)
    for name, glob in reversed([*groups]):
        found = pl.when(fits(path, glob)).then(pl.lit(name)).otherwise(found)
    return found


def _ordered(subject: Subject, rows: pl.DataFrame, order: Order, before: pl.DataFrame | None) -> pl.DataFrame:
    if order.column is Column.NAME:
        return rows.sort("key", descending=order.descending)
    metric = _value(subject.metric)
    if order.column is not Column.CHANGE:
        return _sorted(rows, _value(order.column), metric, descending=order.descending)
    if before is None:
        return _sorted(rows, metric, metric, descending=order.descending)
    then = before.select("key", then=metric)
    # From 0 to anything is more than any percentage.
    return _sorted(
        rows.join(then, on="key", how="left").with_columns(pl.col("then").fill_null(0)),
        metric / pl.col("then"),
        metric,
        descending=order.descending,
    )


def _sorted(rows: pl.DataFrame, by: pl.Expr, metric: pl.Expr, *, descending: bool) -> pl.DataFrame:
    return rows.sort(by, metric, "key", descending=[descending, True, False], nulls_last=[True, False, False])


def _value(column: Column) -> pl.Expr:
    """A metric to order by: without rounding, null where it is of no visit."""
    definition = DEFINITIONS[column.metric]
    count = pl.col(definition.of)
    if definition.per is None:
        return count
    visits = pl.col(definition.per)
    return pl.when(visits > 0).then(count / visits)


def _totals(rows: pl.DataFrame) -> dict[str, Totals]:
    read: Iterable[tuple[Any, ...]] = rows.select("key", *Totals._fields).iter_rows()
    return {key: Totals(*sums) for key, *sums in read}
