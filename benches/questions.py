"""Questions about a year of visits: reports over the archive's own files, and DuckDB and chdb on the same files.

The year is written by the archive's own writer, the reports are asked through `Reports`, without HTTP. Every answer is
held to the others'. A million events take about two minutes on two cores, ten million a quarter of an hour.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from aggregations.reports import Reports
from benches.tools.engines import engines
from benches.tools.figures import Spread
from benches.tools.site_year import DAYS, SITE, site_year
from benches.tools.sizes import sizes
from core.dimensions import Dimension
from core.filters import parse_filters
from core.metrics import Metric
from core.query import Query
from core.steps import parse_step
from core.telemetry import NoTelemetry
from ops.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from benches.tools.site_year import SiteYear
    from core.metrics import Totals

    Answer = Sequence[Sequence[Any]]

SIZES: Final = (1_000_000,)
LARGE: Final = (10_000_000,)
ROUNDS: Final = 7
#: ms for a million events, on a machine 2.2 times as fast as the one of docs/benchmarks.md.
PROMISED: Final = 20
PROMISED_FUNNEL: Final = 40
#: ms for a report of any size.
PROMISED_UNFILTERED: Final = 25
_STEPS: Final = ("/", "/pricing", "/signup")

_SUMMARY: Final = """
SELECT count(*) FILTER (WHERE type = 'page_view'), count(*) FILTER (WHERE type = 'page_view' AND s1),
    count(DISTINCT visitor),
    (SELECT count(*) FROM {sessions} WHERE visit AND class = 0 AND of_sessions),
    (SELECT count(*) FILTER (WHERE views = 1) FROM {sessions} WHERE visit AND class = 0 AND of_sessions)
FROM {events} WHERE class = 0 AND type IN ('page_view', 'custom', 'outbound_link') AND of_events
"""
_PAGES: Final = """
SELECT path, count(*) AS views, count(*) FILTER (WHERE s1) FROM {events}
WHERE class = 0 AND type = 'page_view' GROUP BY path ORDER BY views DESC, path LIMIT 50
"""
_PAGES_OF_CHANNEL: Final = """
SELECT path, count(*) AS views, count(*) FILTER (WHERE s1) FROM {events}
WHERE class = 0 AND visit_channel = 'Direct' AND type = 'page_view' GROUP BY path ORDER BY views DESC, path LIMIT 50
"""
_FLOW: Final = """
SELECT * FROM (
    SELECT entry_path, count(*) AS visits FROM {sessions}
    WHERE visit AND class = 0 AND country = 'DE' AND views > 0
    GROUP BY entry_path ORDER BY visits DESC, entry_path LIMIT 50
) AS entered
UNION ALL
SELECT * FROM (
    SELECT exit_path, count(*) AS visits FROM {sessions}
    WHERE visit AND class = 0 AND country = 'DE' AND views > 0
    GROUP BY exit_path ORDER BY visits DESC, exit_path LIMIT 50
) AS left_
"""
_SOURCES: Final = """
SELECT referrer_host, count(*) AS visits FROM {sessions}
WHERE visit AND class = 0 AND referrer_host <> '' AND session_id IN (
    SELECT session_id FROM {events} WHERE class = 0 AND type = 'page_view' AND path = '/pricing'
)
GROUP BY referrer_host ORDER BY visits DESC, referrer_host LIMIT 50
"""
_DAYS: Final = """
SELECT count(DISTINCT visitor) FROM {events}
WHERE class = 0 AND type = 'page_view' AND path = '/pricing'
GROUP BY date_trunc('day', ts) ORDER BY date_trunc('day', ts)
"""
_FUNNEL: Final = """
WITH hits AS (
    SELECT session_id, ts, path FROM {events}
    WHERE class = 0 AND type = 'page_view' AND path IN ('/', '/pricing', '/signup')
),
one AS (SELECT session_id, min(ts) AS at FROM hits WHERE path = '/' GROUP BY session_id),
two AS (
    SELECT hits.session_id, min(ts) AS at FROM hits JOIN one ON one.session_id = hits.session_id
    WHERE path = '/pricing' AND ts > one.at GROUP BY hits.session_id
),
three AS (
    SELECT hits.session_id, min(ts) AS at FROM hits JOIN two ON two.session_id = hits.session_id
    WHERE path = '/signup' AND ts > two.at GROUP BY hits.session_id
)
SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM three)
"""
#: chdb has a word for it.
_FUNNEL_OF_CHDB: Final = """
SELECT countIf(level >= 1), countIf(level >= 2), countIf(level >= 3) FROM (
    SELECT windowFunnel(36 * 3600 * 1000)(
        toUInt64(toUnixTimestamp64Milli(ts)), path = '/', path = '/pricing', path = '/signup') AS level
    FROM {events}
    WHERE class = 0 AND type = 'page_view' AND path IN ('/', '/pricing', '/signup') GROUP BY session_id
)
"""


class Question(NamedTuple):
    """What is asked, of each."""

    name: str
    ours: Callable[[Reports], Awaitable[Answer]]
    sql: str
    promised: int = PROMISED
    of_chdb: str | None = None  #: where its own words are better
    filtered: bool = True  #: else it is answered from rollups, whose time does not grow with the events


def run() -> None:
    """Print a table of each size: ms of each question, and how many times as long the others take."""
    for size in sizes(SIZES, large=LARGE):
        began = time.perf_counter()
        with site_year(size) as year:
            weight = sum(file.stat().st_size for file in year.folder.iterdir()) / year.events
            print(
                f"{year.events:,} events, {year.sessions:,} sessions, {weight:.0f} bytes/event in files, "
                f"made in {time.perf_counter() - began:.0f} s",
                flush=True,
            )
            asyncio.run(_compare(year))


async def _compare(year: SiteYear) -> None:
    others = engines(year.folder)
    print(f"ms by the clock, median (least-greatest) of {ROUNDS} in turn, and the least of the processor; what others")
    print("take against ours, by the medians. Filtered ones and funnels: ms for a million events.\n")
    print(f"| question | ours | {' | '.join(others)} | promised |")
    print(f"|---|---|{'---|' * len(others)}---|")
    reports = Reports(year.pool, clock=SystemClock(), telemetry=NoTelemetry(), archive=year.store)
    try:
        for question in QUESTIONS:
            asked = {name: question.of_chdb or question.sql if name == "chdb" else question.sql for name in others}
            answer = [tuple(row) for row in await question.ours(reports)]
            for name, ask in others.items():
                if [tuple(row) for row in ask(asked[name])] != answer:
                    raise AssertionError(f"{question.name}: {name} answers otherwise")
            rounds: dict[str, list[_Took]] = {"": [], **{name: [] for name in others}}
            for _ in range(ROUNDS):
                with _Watch() as watch:
                    await question.ours(reports)
                rounds[""].append(watch.took())
                for name, ask in others.items():
                    with _Watch() as watch:
                        ask(asked[name])
                    rounds[name].append(watch.took())
            _print(question, rounds, events=year.events if question.filtered else 1_000_000)
    finally:
        reports.close()


class _Took(NamedTuple):
    """Seconds."""

    clock: float
    used: float  # of the processor, by all threads of this process


class _Watch:
    """Measures what is done in its context."""

    def __enter__(self) -> Self:
        self._began, self._used = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._took = _Took(time.perf_counter() - self._began, time.process_time() - self._used)

    def took(self) -> _Took:
        """What it took."""
        return self._took


def _print(question: Question, rounds: dict[str, list[_Took]], *, events: int) -> None:
    def spread(name: str) -> Spread:
        return Spread.of(took.clock * 1e9 / events for took in rounds[name])

    def used(name: str) -> float:
        return min(took.used for took in rounds[name]) * 1e9 / events

    ours = spread("")
    cells = [f"{ours}; {used(''):.0f}"]
    for name in list(rounds)[1:]:
        found = spread(name)
        cells.append(f"{found}; {used(name):.0f}: {found.median / ours.median:.1f} times")
    print(f"| {question.name} | {' | '.join(cells)} | {question.promised} |", flush=True)


def _query(*filters: tuple[str, str]) -> Query:
    return Query(site=SITE, days=DAYS, zone=UTC, filters=parse_filters(filters))


def _figures(totals: Totals) -> Answer:
    return [[totals.views, totals.unique_views, totals.visitors, totals.visits, totals.bounces]]


async def _summary(reports: Reports) -> Answer:
    return _figures((await reports.summary(_query())).totals)


async def _pages(reports: Reports) -> Answer:
    return [tuple(row) for row in (await reports.pages(_query(), limit=50)).rows]


async def _summary_of_country(reports: Reports) -> Answer:
    return _figures((await reports.summary(_query(("country", "DE")))).totals)


async def _pages_of_channel(reports: Reports) -> Answer:
    return [tuple(row) for row in (await reports.pages(_query(("channel", "Direct")), limit=50)).rows]


async def _flow_of_country(reports: Reports) -> Answer:
    found = await reports.flow(_query(("country", "DE")), limit=50)
    return [*found.landings, *found.exits]


async def _sources_of_page(reports: Reports) -> Answer:
    found = await reports.sources(_query(("page", "/pricing")), Dimension.REFERRER, limit=50)
    return [(host, visits) for (host,), visits in found.rows]


async def _days_of_page(reports: Reports) -> Answer:
    found = await reports.timeseries(_query(("page", "/pricing")), Metric.UNIQUE_VISITORS)
    return [[visitors] for _, visitors in found.points if visitors]


async def _funnel(reports: Reports) -> Answer:
    found = await reports.funnel(_query(), [*map(parse_step, _STEPS)])
    return [[visits for _, visits in found.steps]]


def _narrowed(sessions: str = "true", events: str = "true") -> str:
    """The summary's statement of some sessions and events."""
    return _SUMMARY.replace("of_sessions", sessions).replace("of_events", events)


QUESTIONS: Final = (
    Question("summary, unfiltered", _summary, _narrowed(), PROMISED_UNFILTERED, filtered=False),
    Question("top pages, unfiltered", _pages, _PAGES, PROMISED_UNFILTERED, filtered=False),
    Question("country: summary", _summary_of_country, _narrowed("country = 'DE'", "visit_country = 'DE'")),
    Question("country: landing and exit pages", _flow_of_country, _FLOW),
    Question("channel: top pages", _pages_of_channel, _PAGES_OF_CHANNEL),
    Question("page: sources", _sources_of_page, _SOURCES),
    Question("page: visitors by day", _days_of_page, _DAYS),
    Question("funnel of 3, ordered", _funnel, _FUNNEL, PROMISED_FUNNEL, _FUNNEL_OF_CHDB),
)
