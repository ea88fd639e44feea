"""Reports of one process while 5,000 events a second come in: `footfall serve`, over HTTP, all on one machine.

One site has a year behind it: months in files, rollups of all its days. The events are of another one, whose reports of
today are asked for as well. One reader asks one report after the other, each time for a range that begins on another
day; in the end every event that was acknowledged has to be in the busy site's report, once.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import httpx

from aggregations.archive.writing import Contents
from aggregations.planner import Span
from benches.tools import history, installed, load, requests
from benches.tools.figures import percentile
from benches.tools.processors import shares, spent
from benches.tools.sizes import sizes
from benches.tools.visits import year
from core.spans import DAY
from ops.archives import FOLDER
from ops.clock import SystemClock
from storage import sites
from storage.archive.folder import Folder
from storage.embedded import EmbeddedPostgres
from storage.pool import open_pool
from storage.times import instant, millis_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from benches.tools.load import Load
    from tests.end_to_end.processes import Installation

#: Events of the year behind; events a second now, and in one request.
SIZES: Final = (1_000_000,)
RATE: Final = 5_000
EACH: Final = 10
CONNECTIONS: Final = 100
WARM_UP: Final = 2
QUIET: Final = 20
SECONDS: Final = 60
#: What a reader takes to look at a report, seconds.
_PAUSE: Final = 0.05
#: Ranges begin up to so many days later than a year ago.
_RANGES: Final = 90
#: Seconds until all that was acknowledged is reported.
_PATIENCE: Final = 60


class Report(NamedTuple):
    """A report that is asked for again and again."""

    kind: str  #: unfiltered, filtered, or of the busy site
    name: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> str:
        """Its name and what it is asked with."""
        return " ".join((self.name, *(f"{name}={value}" for name, value in self.parameters)))


_YEAR, _CHOSEN, _BUSY = "12 months", "12 months, filtered", "busy site, today"
REPORTS: Final = (
    Report(_YEAR, "summary"),
    Report(_YEAR, "pages"),
    Report(_YEAR, "sources", (("group_by", "domain"),)),
    Report(_YEAR, "timeseries", (("metric", "pageviews"),)),
    Report(_CHOSEN, "summary", (("filter[country]", "DE"),)),
    Report(_CHOSEN, "pages", (("filter[channel]", "Direct"),)),
    Report(_CHOSEN, "sources", (("filter[page]", "/pricing"),)),
    Report(_CHOSEN, "funnel", tuple(("steps[]", step) for step in ("/", "/pricing", "/signup"))),
    Report(_BUSY, "summary"),
    Report(_BUSY, "pages"),
    Report(_BUSY, "summary", (("filter[browser]", "Firefox"),)),
)
Times = dict[Report, list[float]]


def run() -> None:
    """Print p50 and p95 of each report before and while events come in, and what came of the events."""
    for size in sizes(SIZES):
        measure(size)


def measure(behind: int) -> None:
    """Print them of a site with so many events in the year behind it."""
    with installed.single_node() as installation, tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
        old, busy = (installation.create_site(f"{name}.example.com") for name in ("old", "busy"))
        _fill(installation, old, behind)
        file = Path(folder) / "requests"
        requests.write(requests.page_views(busy, each=EACH), file)
        warmed = _load(installation, file, seconds=WARM_UP)
        reader = _Reader(installation, old=old, busy=busy)
        asyncio.run(reader.read(WARM_UP))
        quiet = asyncio.run(reader.read(QUIET))
        before = spent(installation)
        port = installed.port_of(installation.collect_url)
        running = load.pace(port, file, rate=RATE // EACH, connections=CONNECTIONS, seconds=SECONDS)
        try:
            loaded = asyncio.run(reader.read(SECONDS))
        finally:
            driven = load.paced(running, seconds=SECONDS)
        used = {part: seconds - before.get(part, 0) for part, seconds in spent(installation).items()}
        _print(quiet, loaded)
        print(
            f"{driven.rate * EACH:,.0f} events/s acknowledged, p50 {driven.p50_ms:.1f} ms, p99 {driven.p99_ms:.1f} ms; "
            f"processor time per event, reports included, us: {shares(used, driven.answered * EACH)}"
        )
        _check(installation, busy, acknowledged=(warmed.answered + driven.answered) * EACH)


def _load(installation: Installation, file: Path, *, seconds: int) -> Load:
    port = installed.port_of(installation.collect_url)
    return load.paced(load.pace(port, file, rate=100, connections=CONNECTIONS, seconds=seconds), seconds=seconds)


def _fill(installation: Installation, uuid: str, events: int) -> None:
    """Give a site a year of made-up visits: whole months, and the days since then."""
    arguments = installation.processes["serve"].arguments
    data = Path(arguments[arguments.index("--data") + 1])
    with open_pool(EmbeddedPostgres(data).dsn, size=2) as pool:
        with pool.connection() as connection:
            site = sites.find(connection, UUID(uuid))
        if site is None:
            raise AssertionError("the site is not there")
        for number, (begin, end) in enumerate(_spans(_today())):
            days = (end - begin) // DAY
            made = year(events * days // 365, days=days, first=begin, seed=number)
            history.write_closed(pool, Folder(data / FOLDER), site.id, Span(begin, end), Contents(*made))


def _spans(today: date) -> Iterator[tuple[int, int]]:
    """Twelve months, then each day of the one that runs."""
    running = today.replace(day=1)
    firsts = [running]
    for _ in range(12):
        firsts.insert(0, (firsts[0] - timedelta(days=1)).replace(day=1))
    yield from pairwise(map(millis_of, firsts))
    for day in range(millis_of(running), millis_of(today), DAY):
        yield day, day + DAY


def _today() -> date:
    return instant(SystemClock().now_ms()).astimezone(UTC).date()


class _Reader:
    """Asks for one report after the other."""

    def __init__(self, installation: Installation, *, old: str, busy: str) -> None:
        self._installation = installation
        self._old, self._busy = old, busy
        self._random = Random(1)  # noqa: S311 - ranges, no secret

    async def read(self, seconds: float) -> Times:
        """Ask for so long; return ms."""
        times: Times = {report: [] for report in REPORTS}
        until = time.perf_counter() + seconds
        async with httpx.AsyncClient(headers={"X-API-KEY": self._installation.key}, timeout=60) as client:
            while time.perf_counter() < until:
                for report in REPORTS:
                    await asyncio.sleep(_PAUSE)
                    began = time.perf_counter()
                    answer = await client.get(
                        f"{self._installation.api_url}/api/v1/reports/{report.name}", params=self._parameters(report)
                    )
                    answer.raise_for_status()
                    times[report].append((time.perf_counter() - began) * 1e3)
        return times

    def _parameters(self, report: Report) -> tuple[tuple[str, str], ...]:
        if report.kind == _BUSY:
            return ("website_id", self._busy), ("period", "today"), *report.parameters
        first = _today() - timedelta(days=364 - self._random.randrange(_RANGES))
        days = (("start_date", first.isoformat()), ("end_date", _today().isoformat()))
        return ("website_id", self._old), *days, *report.parameters


def _print(quiet: Times, loaded: Times) -> None:
    print(f"| ms, p50 / p95 | before | at {RATE:,} events/s |\n|---|---|---|")
    for report in REPORTS:
        print(f"| {report.kind}: {report.shown} | {_told(quiet[report])} | {_told(loaded[report])} |")
    for kind in (_YEAR, _CHOSEN, _BUSY):
        both = (
            [one for report in REPORTS if report.kind == kind for one in times[report]] for times in (quiet, loaded)
        )
        print(f"| {kind}: all of them | {' | '.join(map(_told, both))} |")


def _told(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"{percentile(ordered, 50):,.0f} / {percentile(ordered, 95):,.0f}"


def _check(installation: Installation, site: str, *, acknowledged: int) -> None:
    """Each event that was acknowledged is in the report, once."""
    ends = time.perf_counter() + _PATIENCE
    counted = -1
    while counted != acknowledged and time.perf_counter() < ends:
        time.sleep(0.5)
        counted = installation.report("summary", site, period="7d")["metrics"]["pageviews"]["value"]
    if counted != acknowledged:
        raise AssertionError(f"{acknowledged:,} events were acknowledged, {counted:,} are reported")
    print(f"{acknowledged:,} events acknowledged, {counted:,} reported: none lost, none twice")
