"""What an installation answers, asked of sums, of files and of rows; and an installation to ask."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from aggregations.reports import Reports
from core.dimensions import Dimension
from core.filters import parse_filters
from core.metrics import Metric
from core.query import Query
from core.ranges import Days
from core.spans import DAY
from core.telemetry import NoTelemetry
from storage.pool import open_pool
from storage.times import instant
from tests.archives import FIRST, Stage, some_days

if TYPE_CHECKING:
    from core.clock import Clock
    from storage.archive.store import ArchiveStore

_FILTERS: Final = ((), (("page", "/ä"),), (("event", "buy"),))


def fill(stage: Stage) -> None:
    """Let ten days be: some in files alone, some in files and rows, the last one in rows alone and marked."""
    stage.write(some_days(10))
    stage.go_to(FIRST + 9 * DAY + DAY // 2)
    assert any(final for _, final in stage.current())
    with stage.pool.connection() as connection:
        assert connection.execute("SELECT count(*) > 0 FROM marks").fetchone() == (True,)
        assert connection.execute("SELECT count(*) FROM archive_retention").fetchone() == (1,)


async def answers(dsn: str, store: ArchiveStore, clock: Clock) -> list[object]:
    """Reports of site 1, unfiltered and filtered."""
    first = instant(FIRST).date()
    with open_pool(dsn, size=2) as pool:
        reports = Reports(pool, clock=clock, telemetry=NoTelemetry(), archive=store)
        found: list[object] = []
        try:
            for filters in map(parse_filters, _FILTERS):
                query = Query(
                    site=1, days=Days(first=first, last=first + timedelta(days=9)), zone=UTC, bots=True, filters=filters
                )
                found += [
                    summary := await reports.summary(query),
                    await reports.pages(query, limit=100),
                    await reports.sources(query, Dimension.BROWSER, limit=100),
                    await reports.timeseries(query, Metric.VISITS),
                ]
                assert summary.totals.views > 0
        finally:
            reports.close()
    return found
