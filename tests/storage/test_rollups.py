"""Months of rollups, beyond what a column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from aggregations.rollups import ROLLUPS
from aggregations.rollups.path import PATH
from core.events import TrafficClass
from core.spans import DAY
from storage.listings import PAGES, rollup_blocks
from storage.pieces import Piece
from storage.reports import Scope
from storage.rollups import DayHours, Grain, replace_day, replace_months

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

MONTH: Final = 20_454 * DAY  # 2026-01-01
MOST: Final = 2**31 - 1


@pytest.mark.parametrize("views", [(MOST, MOST, MOST), (MOST, 1, 0), (MOST - 1, 1, 0)])
def test_a_month_beyond_an_integer(rollup_pool: ConnectionPool, views: tuple[int, ...]) -> None:
    """A page seen more than 2,147,483,647 times in a month has all of its views, then and when there are fewer."""
    whole = [Piece(Grain.MONTH, MONTH, MONTH + DAY)]
    with rollup_pool.connection() as connection:
        for part in (views, (1, 2, 3)):
            for number, seen in enumerate(part):
                replace_day(connection, PATH.table, DayHours(1, MONTH + number * DAY, ()), _day(number, seen))
            tables = [rollup.table for rollup in ROLLUPS]
            replace_months(connection, tables, site=1, month=MONTH, through=MONTH + 2 * DAY)
            scope = Scope(1, [TrafficClass.HUMAN])
            (block,) = rollup_blocks(connection, PAGES, scope, whole)
            assert block.lines["key"].unique().to_list() == ["/"]
            assert block.lines["views"].sum() == sum(part)
        assert block.lines.height == 1


def _day(number: int, views: int) -> pl.DataFrame:
    row = {"grain": 1, "class": 0, "span": MONTH + number * DAY, "path": "/", "views": views}
    return pl.DataFrame({**dict.fromkeys(PATH.table.sums + PATH.table.daily_sums, 0), **row}).select(
        "grain", "class", "span", *PATH.table.columns
    )
