"""What extensions add to the answers of reports: fair comparisons, goals, and series of any interval. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregations.conversions import Conversions
from api.csv import Table
from api.dialects.instants import to_the_millisecond
from api.dialects.tinytrail.periods import period
from core.intervals import label
from core.metrics import change_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from aggregations.answers import Before, Series
    from aggregations.conversions import By, Reached
    from api.csv import Cell
    from core.comparisons import Other

#: The change of what was not there before.
NEW: Final = "new"
_COLUMNS: Final = ("previous", "change_pct")
_GOAL: Final = ("conversions", "conversion_rate")


class Change(NamedTuple):
    """What a value was before, and by how many percent it changed; None where there is nothing to compare with."""

    previous: int | float | None
    change_pct: float | str | None

    @classmethod
    def of(cls, value: float, previous: float | None) -> Change:
        """From `previous` to `value`."""
        if previous is None:
            return cls(None, None)
        return cls(previous, NEW if value and not previous else change_percent(value, previous))


def comparison(before: Before[Any] | None) -> dict[str, Any]:
    """The fields that tell what a report is compared with, if it is."""
    return {} if before is None else _comparison(before.other)


def _comparison(other: Other) -> dict[str, Any]:
    days, until = other.days, other.until
    return {
        "comparison": f"{days.first} to {days.last}",
        "comparison_until": None if until is None else to_the_millisecond(until),
    }


def compared(
    table: Table, before: Before[Any] | None, previous: Callable[[Any, Sequence[Cell]], int | None], *, value: int
) -> Table:
    """The table with what its rows were before.

    Args:
        table: of a report.
        before: what was found of the other range, if there is one.
        previous: gives what was found of a row; 0 of one that was not there.
        value: the number of the column that is compared.
    """
    if before is None:
        return table
    found = before.found

    def change(row: Sequence[Cell]) -> Change:
        return Change.of(int(row[value] or 0), None if found is None else previous(found, row) or 0)

    return Table((*table.columns, *_COLUMNS), [(*row, *change(row)) for row in table.rows])


def converted(
    table: Table, reached: Reached | None, by: By, key: Callable[[Sequence[Cell]], tuple[str, ...]] | None = None
) -> Table:
    """The table with how many visits of each row reached a goal, and how many percent of them did.

    Args:
        table: of a report.
        reached: who did, if there is a goal.
        by: what its rows are about.
        key: gives the columns of a row's name; the first one unless said.
    """
    if reached is None:
        return table
    rows = []
    for row in table.rows:
        one = reached.by[by].get((str(row[0]),) if key is None else key(row), Conversions())
        rows.append((*row, one.conversions, one.rate))
    return Table((*table.columns, *_GOAL), rows)


def goal_metrics(now: Conversions, before: Conversions | None, *, is_compared: bool) -> dict[str, dict[str, Cell]]:
    """The metrics that a goal adds to a summary."""
    values = {"conversions": (now.conversions, before and before.conversions)}
    rates = {"conversion_rate": (now.rate, before and before.rate)}
    return {
        name: {"value": value, **(Change.of(value, previous)._asdict() if is_compared else {})}
        for name, (value, previous) in (values | rates).items()
    }


def series(report: Series, path: str | None, zone: tzinfo) -> dict[str, Any]:
    """The data of a series; `*` for the whole site."""
    table = series_table(report, zone)
    points: list[dict[str, Any]] = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    if report.open:
        points[-1]["open"] = True
    return {
        "period": period(report.days),
        "metric": report.metric.value,
        "path": path or "*",
        "interval": report.interval.value,
        **({} if report.other is None else _comparison(report.other)),
        "series": points,
    }


def series_table(report: Series, zone: tzinfo) -> Table:
    """The rows of a series."""
    columns = ("date", "value", *(() if report.other is None else _COLUMNS))
    rows = []
    for point in report.points:
        change = () if report.other is None else Change.of(point.value, point.before)
        rows.append((label(point.slot, report.interval, zone), point.value, *change))
    return Table(columns, rows)
