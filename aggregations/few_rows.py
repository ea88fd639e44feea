"""Rows of breakdowns out of short lists: what `table_rows` does, without a plan that takes longer than the work."""

from __future__ import annotations

from functools import cache
from operator import add
from typing import TYPE_CHECKING, Final

import polars as pl

from aggregations.table_rows import OF_VISITS, SCROLLS, SUMS, UNKNOWN_BY_TWO_NAMES, counts_shown, names_of
from aggregations.tables import Row
from core.dimensions import NUMBERS
from core.events import EventType
from core.metrics import DEFINITIONS, Totals
from core.screens import UNKNOWN
from core.subjects import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregations.lists import Lines
    from aggregations.tables import Table

#: Lines that are few: to add up a thousand takes half a millisecond, as does a plan for one.
FEW: Final = 1_000


def are_few(subject: Subject, lines: Lines) -> bool:
    """Whether rows of the subject are made here."""
    return subject is not Subject.GROUP and sum(part.height for part in (*lines.parts, *lines.mixed)) <= FEW


def rows_of(subject: Subject, lines: Lines) -> pl.DataFrame:
    """Return all rows of a subject, as `table_rows.rows_of` does."""
    fields = SUMS.get(subject, OF_VISITS)
    added: dict[str, list[int]] = {}
    for part in (*lines.parts, *lines.mixed):
        for key, *sums in part.select("key", *dict.fromkeys(fields.values())).iter_rows():
            known = added.get(key)
            added[key] = sums if known is None else [*map(add, known, sums)]
    columns = [*dict.fromkeys(fields.values())]
    places = [columns.index(column) for column in fields.values()]
    shown = [number for number, name in enumerate(fields) if name in counts_shown(subject)]
    rows: dict[str, list[int]] = {}
    for key, sums in added.items():
        name, values = _key(subject)(key), [sums[place] for place in places]
        if name is not None and any(values[number] > 0 for number in shown):
            known = rows.get(name)
            rows[name] = values if known is None else [*map(add, known, values)]
    return pl.DataFrame(
        {
            "key": pl.Series([*rows], dtype=pl.String),
            **{
                name: pl.Series([values[number] for values in rows.values()], dtype=pl.Int64)
                for number, name in enumerate(fields)
            },
        }
    )


def has_page(table: Table, rows: pl.DataFrame, before: pl.DataFrame | None) -> bool:
    """Whether a page is made here: of few rows, those with the highest counts first."""
    is_count = DEFINITIONS[table.subject.metric.metric].per is None
    return is_count and table.order is None and rows.height + (0 if before is None else before.height) <= FEW


def page(table: Table, rows: pl.DataFrame, before: pl.DataFrame | None) -> tuple[Row, ...]:
    """Return the rows of the page that is asked for, as `table_rows.rows_in` does."""
    fields = [*SUMS.get(table.subject, OF_VISITS)]
    by = 1 + fields.index(DEFINITIONS[table.subject.metric.metric].of)
    found = sorted(rows.select("key", *fields).iter_rows(), key=lambda row: (-row[by], row[0]))
    then = None if before is None else {row[0]: row for row in before.select("key", *fields).iter_rows()}

    def totals(row: Sequence[int]) -> Totals:
        return Totals(**dict(zip(fields, row[1:], strict=True)))

    nothing = Totals()
    return tuple(
        Row(
            names_of(table.subject, row[0]),
            totals(row),
            None if then is None else totals(then[row[0]]) if row[0] in then else nothing,
        )
        for row in found[table.offset : table.offset + table.limit]
    )


@cache
def _key(subject: Subject) -> Callable[[str], str | None]:
    """Gives the key of a row that a line is part of; None if of none."""
    custom = f"{EventType.CUSTOM}\t"
    match subject:
        case Subject.EVENT:
            return lambda key: key.removeprefix(custom) if key.startswith(custom) else None
        case Subject.SCROLL:
            return lambda key: type_ if (type_ := key.removesuffix("\t")) in SCROLLS else None
    if subject.dimension is None:
        return lambda key: key
    number = f"{NUMBERS[subject.dimension]}\t"
    if subject in UNKNOWN_BY_TWO_NAMES:
        renamed: dict[str, str | None] = {f"{number}{UNKNOWN}": ""}
    else:
        renamed = {f"{number}\t\t": None} if subject is Subject.CAMPAIGN else {}

    def name(key: str) -> str | None:
        if key in renamed:
            return renamed[key]
        return key.removeprefix(number) if key.startswith(number) else None

    return name
