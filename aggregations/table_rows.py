"""Rows of breakdowns out of lists: pure functions from frames to rows in their order."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

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
    from collections.abc import Mapping

    from aggregations.tables import Table
    from core.globs import PathGroups

_S: Final = Subject
#: Subjects whose shares are of the sum of their rows, not of the site's totals.
_OF_THEIR_OWN: Final = (_S.NOT_FOUND, _S.EVENT, _S.LINK, _S.DOWNLOAD)
#: What of a list's sums a subject shows, by the name that totals have for it; unless said, all of the same name.
SUMS: Final[Mapping[Subject, Mapping[str, str]]] = MappingProxyType(
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
OF_VISITS: Final = MappingProxyType(
    {
        "views": "views",
        "visits": "visits",
        "visitors": "visitors",
        "rated": "visits",
        "bounces": "bounces",
        "duration_ms": "duration_ms",
    }
)
#: What is put behind the names of what was then.
_THEN: Final = " then"
_SEEN: Final = frozenset({_S.PAGE, _S.GROUP})
#: What tells how far a page was read.
SCROLLS: Final = (EventType.SCROLL_25, EventType.SCROLL_50, EventType.SCROLL_75)
#: Subjects of which some values go by two names.
UNKNOWN_BY_TWO_NAMES: Final = frozenset({_S.BROWSER, _S.OS, _S.DEVICE, _S.SCREEN})


def rows_of(subject: Subject, lines: pl.LazyFrame, groups: PathGroups) -> pl.LazyFrame:
    """Return all rows of a subject: the text `key`, and those of the fields of `Totals` that it has; in no order.

    Args:
        subject: what a row is.
        lines: `key` and its sums, each key once, some may be 0.
        groups: the site's content groups.
    """
    key = _group(pl.col("key"), groups) if subject is _S.GROUP else _key(subject)
    found = lines.select(key.alias("key"), *_sums(subject)).filter(_is_shown(subject))
    if subject is _S.GROUP or subject in UNKNOWN_BY_TWO_NAMES:
        found = found.group_by("key").agg(pl.col(*_fields(subject)).sum())
    return found


def whole_of(subject: Subject, rows: pl.DataFrame, totals: Totals) -> Totals:
    """Return what shares are of: all rows and the totals of the site are given.

    Of visits that enter or leave by pages, those that saw any; of events, all of them; otherwise the site's.
    """
    if subject in {_S.ENTRY, _S.EXIT}:
        return totals._replace(visits=totals.entries)
    return totals._replace(views=int(rows["views"].sum())) if subject in _OF_THEIR_OWN else totals


def matching(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose names are asked for."""
    if table.matches is None:
        return rows
    return rows.filter([table.matches(names_of(table.subject, key)) for key in rows["key"]])


def page(table: Table, rows: pl.DataFrame, before: pl.DataFrame | None) -> pl.LazyFrame:
    """The rows of the page that is asked for, in their order; of the other range also what they were then, or null."""
    order = table.order or Order(table.subject.metric)
    found = rows.lazy()
    if before is not None:
        then = before.lazy().select("key", pl.all().exclude("key").name.suffix(_THEN))
        found = found.join(then, on="key", how="left")
    return _ordered(table.subject, found, order, compared=before is not None).slice(table.offset, table.limit)


def rows_in(subject: Subject, found: pl.DataFrame, *, compared: bool) -> tuple[Row, ...]:
    """The rows of a `page`."""
    fields = _fields(subject)
    return tuple(
        Row(
            names_of(subject, row["key"]),
            Totals(**{name: row[name] for name in fields}),
            Totals(**{name: row[name + _THEN] or 0 for name in fields}) if compared else None,
        )
        for row in found.iter_rows(named=True)
    )


def names_of(subject: Subject, key: str) -> tuple[str, ...]:
    """The names of a row."""
    return (key,) if subject.dimension is None else columns_of(subject.dimension, key)


def _fields(subject: Subject) -> tuple[str, ...]:
    """The fields of its totals that a subject has."""
    return tuple(SUMS.get(subject, OF_VISITS))


@cache
def _sums(subject: Subject) -> tuple[pl.Expr, ...]:
    return tuple(pl.col(column).alias(name) for name, column in SUMS.get(subject, OF_VISITS).items())


def counts_shown(subject: Subject) -> tuple[str, ...]:
    """The fields of which one at least is not 0 in a row that is shown."""
    # A visit may begin before midnight and see its first page after it.
    return ("views",) if subject in _SEEN else ("views", "visits", "visitors")


@cache
def _is_shown(subject: Subject) -> pl.Expr:
    """Whether there is anything to show of a row."""
    known = [name for name in counts_shown(subject) if name in _fields(subject)]
    return pl.col("key").is_not_null() & pl.any_horizontal(pl.col(*known) > 0)


@cache
def _key(subject: Subject) -> pl.Expr:
    """The key of a row that a line is part of; null if of none."""
    key = pl.col("key")
    match subject:
        case Subject.EVENT:
            custom = f"{EventType.CUSTOM}\t"
            return pl.when(key.str.starts_with(custom)).then(key.str.strip_prefix(custom))
        case Subject.SCROLL:
            type_ = key.str.strip_suffix("\t")
            return pl.when(type_.is_in(SCROLLS)).then(type_)
    if subject.dimension is None:
        return key
    value = without_number(subject.dimension)
    if subject in UNKNOWN_BY_TWO_NAMES:
        return value.replace(UNKNOWN, "")
    return pl.when(value != "\t\t").then(value) if subject is _S.CAMPAIGN else value


def _group(path: pl.Expr, groups: PathGroups) -> pl.Expr:
    found = pl.lit(None, pl.String)
    for name, glob in reversed([*groups]):
        found = pl.when(fits(path, glob)).then(pl.lit(name)).otherwise(found)
    return found


def _ordered(subject: Subject, rows: pl.LazyFrame, order: Order, *, compared: bool) -> pl.LazyFrame:
    if order.column is Column.NAME:
        return rows.sort("key", descending=order.descending)
    metric = _value(subject.metric)
    by = metric
    if order.column is not Column.CHANGE:
        by = _value(order.column)
    elif compared:
        then = pl.coalesce(_value(subject.metric, suffix=_THEN), 0)
        # From 0 to anything is more than any percentage; from 0 to 0 is no change.
        by = pl.when(metric == then).then(1.0).otherwise(metric / then)
    return rows.sort(by, metric, "key", descending=[order.descending, True, False], nulls_last=[True, False, False])


@cache
def _value(column: Column, *, suffix: str = "") -> pl.Expr:
    """A metric to order by: without rounding, null where it is of no visit."""
    definition = DEFINITIONS[column.metric]
    count = pl.col(definition.of + suffix)
    if definition.per is None:
        return count
    visits = pl.col(definition.per + suffix)
    return pl.when(visits > 0).then(count / visits)
