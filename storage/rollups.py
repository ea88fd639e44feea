"""Rollup tables: replaced by the day, summed by the month."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from psycopg import sql

from core.spans import DAY, day_of
from storage import frames
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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
    keys: tuple[str, ...] = ()  # text
    sums: tuple[str, ...]  # bigint
    daily_sums: tuple[str, ...] = ()  #: bigint, 0 in hour rows: they are distinct counts of a whole UTC day
    together: tuple[str, ...] = ()  #: those keys of which one value at a time is read; its rows are written together
    hours_for_ever: bool = False  #: otherwise only as long as the day's rows are in the tables

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns after site, grain, class and span, in the order of a row."""
        return self.keys + self.sums + self.daily_sums

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
    rows = frame.sort("grain", "span", *table.together).select(
        pl.lit(day.site).alias("site"),
        "grain",
        "class",
        pl.col("span").cast(pl.Datetime("ms", "UTC")),
        *table.columns,
    )
    frames.write(connection, table.statement("rollups.copy"), rows)


def drop_hours(connection: Connection, table: RollupTable, *, site: int, before: int, values: Sequence[str]) -> bool:
    """Remove the hours of a site's oldest day that has some, if it began before `before` (ms); the caller commits.

    Args:
        connection: in a transaction.
        table: one whose hours are not kept for ever.
        site: whose.
        before: start of a day.
        values: all that the table's `together` can be.

    Returns:
        Whether there were any.
    """
    key = sql.Identifier(table.together[0]) if table.together else None
    one, any_ = (
        (sql.SQL("{} = kept.value").format(key), sql.SQL("{} = ANY (%(together)s)").format(key))
        if key is not None
        else (sql.SQL("true"), sql.SQL("true"))
    )
    given: dict[str, object] = {"site": site, "together": list(values) if key is not None else [""]}
    name = sql.Identifier(table.name)
    oldest = sql.SQL(load("rollups.oldest_hour")).format(table=name, together=one)
    row = connection.execute(oldest, given).fetchone()
    if row is None or row[0] is None or millis(row[0]) >= before:
        return False
    day = day_of(millis(row[0]))
    drop = sql.SQL(load("rollups.drop_hours")).format(table=name, together=any_)
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
            connection.execute(table.statement("rollups.sum_month"), {**span, "end": instant(through + DAY)})
    date = {"site": site, "month": instant(month).date()}
    if through is None:
        connection.execute(load("months.remove"), date)
    else:
        connection.execute(load("months.put"), {**date, "through": instant(through).date()})


def month_through(connection: Connection, *, site: int, month: int) -> int | None:
    """Return the last day (its start, ms) that the month rows contain, or None if there are none."""
    row = connection.execute(load("months.through"), {"site": site, "month": instant(month).date()}).fetchone()
    return None if row is None else millis(row[0])


def lagging_months(connection: Connection, *, today: int) -> list[SiteMonth]:
    """Return the months that miss a day which ended before `today` (start of a UTC day, ms)."""
    rows = connection.execute(load("months.lagging"), {"today": instant(today)}).fetchall()
    return [SiteMonth(site, millis(month)) for site, month in rows]
