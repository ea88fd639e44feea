"""Whether what is stored of a site is what its visitors were promised, and counted as defined."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg

from aggregations.planner import Span
from core.metrics import Metric, value_of
from core.ranges import date_at
from core.spans import DAY, day_of
from tests.aggregations.history import totals
from tests.stored import Stored, assert_as_sessionized, read_store

if TYPE_CHECKING:
    from tests.aggregations.history import History
    from tests.end_to_end.processes import Installation
    from tests.faults.load import Load


def assert_exact(installation: Installation, dsn: str, site: str, load: Load) -> None:
    """Hold store and reports of a site that had this load, and no other, to what must be there.

    Each event that was answered with 202 is there once; one that was not so answered once or not at all. Sessions and
    facts are what the sessionizer makes of the events; reports are what the definitions say, from rows as from rollups;
    and no mark is left once the day was rolled up.
    """
    stored = _of_site(read_store(dsn), number := _number_of(dsn, site))
    there = Counter(int(marker) for marker in stored.events["utm_content"])

    assert not load.unexplained, load.unexplained[:5]
    assert {marker: times for marker, times in there.items() if times > 1} == {}
    assert set() == load.acknowledged - there.keys()
    assert set() == there.keys() - load.sent
    assert_as_sessionized(stored)
    history = stored.history(number)
    _assert_reports(installation, site, history)
    for day in sorted({day_of(row.event.ts) for row in history.events}):
        installation.aggregate(date_at(day, UTC).isoformat())
    assert _marked_hours(dsn, number) == []
    _assert_reports(installation, site, history)


def _assert_reports(installation: Installation, site: str, history: History) -> None:
    begin, end = day_of(history.events[0].event.ts), day_of(history.events[-1].event.ts) + DAY
    days = {"start_date": date_at(begin, UTC).isoformat(), "end_date": date_at(end - 1, UTC).isoformat()}
    expected = totals(history, Span(begin, end), bots=False)
    summary = installation.report("summary", site, **days)["metrics"]
    pages = installation.report("pages", site, **days)["rows"]
    series = installation.report("timeseries", site, metric="unique_pageviews", **days)["series"]

    assert {
        "visits": {"value": value_of(Metric.VISITS, expected)},
        "unique_visitors": {"value": value_of(Metric.UNIQUE_VISITORS, expected)},
        "pageviews": {"value": value_of(Metric.PAGEVIEWS, expected)},
        "bounce_rate": {"value": value_of(Metric.BOUNCE_RATE, expected)},
        "avg_session_duration_sec": {"value": value_of(Metric.AVG_SESSION_DURATION, expected)},
    } == summary
    assert _views(history) == {row["path"]: row["pageviews"] for row in pages}
    assert expected.unique_views == sum(point["value"] for point in series)


def _views(history: History) -> Counter[str]:
    return Counter(row.event.path for row in history.events if row.event.type == "page_view" and row.event.traffic == 0)


def _of_site(stored: Stored, site: int) -> Stored:
    return Stored(*(frame.filter(pl.col("site") == site) for frame in stored))


def _number_of(dsn: str, site: str) -> int:
    return int(_rows(dsn, "SELECT id FROM sites WHERE uuid = %s", site)[0][0])


def _marked_hours(dsn: str, site: int) -> list[tuple[Any, ...]]:
    return _rows(dsn, "SELECT hour, partition FROM marks WHERE site = %s", site)


def _rows(dsn: str, query: str, parameter: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode(), [parameter]).fetchall()
