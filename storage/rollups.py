"""Rollup tables: replaced by the day, summed by the month."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import psycopg.errors
from psycopg import sql

from core.spans import DAY, day_of
from storage import frames
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from psycopg import Connection


class Grain(IntEnum):
    """How long the span of a rollup row is."""

    HOUR = 0
    DAY = 1
    MONTH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupTable:
    """One rollup table: what its rows are about, and what they add up.

    Every row also has site, grain, class and span.
    """

    name: str
    number: str | None = None  #: a key that is a number, read one at a time; its rows are written together
    texts: tuple[str, ...] = ()  #: the other keys
    sums: tuple[str, ...]  # whole numbers
    daily_sums: tuple[str, ...] = ()  #: 0 in hour rows: they are distinct counts of a whole UTC day
    hours_for_ever: bool = False  #: otherwise only as long as the day's rows are in the tables

    @property
    def keys(self) -> tuple[str, ...]:
        """What its rows are about, beside site, grain, class and span."""
        return (*self._numbers, *self.texts)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns after site, grain, class and span, in the order of a row."""
        return self.keys + self.sums + self.daily_sums

    @property
    def order(self) -> tuple[str, ...]:
        """How rows are sorted before they are written."""
        return ("grain", "span", *self._numbers)

    @property
    def _numbers(self) -> tuple[str, ...]:
        return () if self.number is None else (self.number,)

    def statement(self, name: str) -> sql.Composed:
        """Return the statement `name` for this table."""
        groups = [sql.Identifier(column) for column in ("site", "class", *self.keys)]
        sums = [sql.SQL("sum({})").format(sql.Identifier(column)) for column in self.sums + self.daily_sums]
        return sql.SQL(load(name)).format(
            table=sql.Identifier(self.name),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            sums=sql.SQL(", ").join([*map(sql.Identifier, self.keys), *sums]),
            groups=sql.SQL(", ").join(groups),
        )


class DayHours(NamedTuple):
    """A UTC day of a site, and those of its hours that are meant."""

    site: int
    day: int  # start of the day, ms
    hours: Collection[int]  # starts of hours, ms


class SiteMonth(NamedTuple):
    """A month of a site."""

    site: int
    month: int  # start of the month, ms


def replace_day(connection: Connection, table: RollupTable, day: DayHours, frame: pl.DataFrame) -> None:
    """Replace the day's row and the rows of its `hours`; the rows given are of no others.

    The frame's columns are grain, class, span (ms), then `table.columns`.
    """
    connection.execute(
        table.statement("rollups.clear_day"),
        {
            "site": day.site,
            "hours": [instant(hour) for hour in day.hours],
            "day": instant(day.day),
            "end": instant(day.day + DAY),
        },
    )
    rows = frame.sort(table.order).select(
        pl.lit(day.site).alias("site"),
        "grain",
        "class",
        pl.col("span").cast(pl.Datetime("ms", "UTC")),
        *table.columns,
    )
    frames.write(connection, table.statement("rollups.copy"), rows)


def drop_hours(connection: Connection, table: RollupTable, *, site: int, before: int, numbers: Sequence[int]) -> bool:
    """Remove the hours of a site's oldest day that has some, if it began before `before` (ms); the caller commits.

    Args:
        connection: in a transaction.
        table: one whose hours are not kept for ever.
        site: whose.
        before: start of a day.
        numbers: all that the table's `number` can be.

    Returns:
        Whether there were any.
    """
    key = sql.SQL("0") if table.number is None else sql.Identifier(table.number)
    given = {"site": site, "numbers": [0] if table.number is None else list(numbers)}
    name = sql.Identifier(table.name)
    oldest = sql.SQL(load("rollups.oldest_hour")).format(table=name, number=key)
    row = connection.execute(oldest, given).fetchone()
    if row is None or row[0] is None or millis(row[0]) >= before:
        return False
    day = day_of(millis(row[0]))
    drop = sql.SQL(load("rollups.drop_hours")).format(table=name, number=key)
    connection.execute(drop, {**given, "begin": instant(day), "end": instant(day + DAY)})
    return True


def replace_months(
    connection: Connection, tables: Iterable[RollupTable], *, site: int, month: int, through: int | None
) -> None:
    """Make the month rows the sums of the month's days up to the day `through`, included.

    Args:
        connection: in the transaction that changed a day, if one did: so a month always equals the sum of its days.
        tables: all of them, because `through` is one for all.
        site: the site.
        month: start of the month, ms.
        through: start of its last day to be contained, ms; None for no month rows at all.
    """
    span = {"site": site, "month": instant(month)}
    for table in tables:
        connection.execute(table.statement("rollups.clear_month"), span)
        if through is not None:
            _sum_month(connection, table, {**span, "end": instant(through + DAY)})
    date = {"site": site, "month": instant(month).date()}
    if through is None:
        connection.execute(load("months.remove"), date)
    else:
        connection.execute(load("months.put"), {**date, "through": instant(through).date()})


def _sum_month(connection: Connection, table: RollupTable, given: Mapping[str, object]) -> None:
    try:
        with connection.transaction():
            connection.execute(table.statement("rollups.sum_month"), given)
    except psycopg.errors.NumericValueOutOfRange:
        # What no integer holds is as many rows as the month has days; whoever reads rows adds them up.
        connection.execute(table.statement("rollups.keep_month"), given)


def month_through(connection: Connection, *, site: int, month: int) -> int | None:
    """Return the last day (its start, ms) that the month rows contain, or None if there are none."""
    row = connection.execute(load("months.through"), {"site": site, "month": instant(month).date()}).fetchone()
    return None if row is None else millis(row[0])


def lagging_months(connection: Connection, *, today: int) -> list[SiteMonth]:
    """Return the months that miss a day which ended before `today` (start of a UTC day, ms)."""
    rows = connection.execute(load("months.lagging"), {"today": instant(today)}).fetchall()
    return [SiteMonth(site, millis(month)) for site, month in rows]
