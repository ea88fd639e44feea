"""Which days are in the tables and which in files only.

A day of a site has one truth: its rows, or its file once the rows were dropped. Days from the watermark on are in the
tables; an earlier day is, if its rows were put back so that something could be added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.spans import DAY, day_of
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from psycopg import Connection


class RowDays(NamedTuple):
    """Which days of a site have rows, among those that were asked for."""

    rows_from: int  # start of a day, ms; 0: all days have
    thawed: frozenset[int]  # starts of earlier days, ms

    def has(self, day: int) -> bool:
        """Whether the truth of the day (start, ms) are its rows."""
        return day >= self.rows_from or day in self.thawed


def row_days(connection: Connection, *, site: int, begin: int, end: int) -> RowDays:
    """Return which of the days that [begin, end), ms, touches have rows."""
    row = connection.execute(load("archive.row_days")).fetchone()
    rows_from = 0 if row is None or row[0] is None else millis(row[0])
    if begin >= rows_from:
        return RowDays(rows_from, frozenset())
    span = {"site": site, "begin": instant(begin).date(), "end": instant(day_of(end - 1) + DAY).date()}
    return RowDays(rows_from, frozenset(millis(day) for (day,) in connection.execute(load("archive.thawed"), span)))
