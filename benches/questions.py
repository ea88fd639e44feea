"""Questions about a year of visits, on the archive's month files: ours against DuckDB and, where it is, chdb."""

from __future__ import annotations

import importlib.util
import json
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import duckdb
import polars as pl

from aggregations.archive.reading import Frames, times_as_ms
from aggregations.planner import Span
from aggregations.questions import funnels, listings, totals
from aggregations.questions.choosing import choose
from benches.tools.large import large
from benches.tools.visits import FIRST, write_months
from core.dimensions import Dimension
from core.filters import parse_filters
from core.globs import PathGroups
from core.spans import DAY
from core.steps import parse_step
from storage.archive.schema import EVENTS, SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregations.questions.choosing import Chosen

SIZES: Final = (1_000_000,)
LARGE: Final = (10_000_000,)
ROUNDS: Final = 5
#: ms for a million events, on a machine 2.2 times as fast as the one of docs/benchmarks.md.
PROMISED: Final = 20
PROMISED_FUNNEL: Final = 40
_SPAN: Final = Span(FIRST, FIRST + 366 * DAY)
_STEPS: Final = ("/", "/pricing", "/signup")

_TOTALS: Final = """
SELECT count(*) FILTER (WHERE type = 'page_view'), count(*) FILTER (WHERE type = 'page_view' AND s1),
    (SELECT count(*) FROM {sessions} WHERE visit AND class = 0 AND country = 'DE'),
    (SELECT count(*) FILTER (WHERE views = 1) FROM {sessions} WHERE visit AND class = 0 AND country = 'DE')
FROM {events} WHERE class = 0 AND visit_country = 'DE'
"""
_DISTINCT: Final = """
SELECT count(DISTINCT session_id), count(DISTINCT visitor) FROM {events}
WHERE class = 0 AND visit_country = 'DE' AND type IN ('page_view', 'custom', 'outbound_link')
"""
_PAGES: Final = """
SELECT path, count(*) AS views, count(*) FILTER (WHERE s1) FROM {events}
WHERE class = 0 AND visit_channel = 'Direct' AND type = 'page_view'
GROUP BY path ORDER BY views DESC, path LIMIT 50
"""
_SOURCES: Final = """
SELECT referrer_host, count(*) AS visits FROM {sessions}
WHERE visit AND class = 0 AND session_id IN (
    SELECT session_id FROM {events} WHERE class = 0 AND type = 'page_view' AND path = '/pricing'
)
GROUP BY referrer_host ORDER BY visits DESC, referrer_host LIMIT 50
"""
_DAYS: Final = """
SELECT count(*), count(DISTINCT visitor) FROM {events}
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
    ours: Callable[[Path], Sequence[Sequence[Any]]]
    sql: str
    of_chdb: str | None = None  #: where its own words are better
    promised: int = PROMISED


def run() -> None:
    """Print ms for a million events of each question, and how many times as long the others take."""
    for size in (*SIZES, *(LARGE if large() else ())):
        with tempfile.TemporaryDirectory(prefix="footfall-bench-") as folder:
            events, sessions = write_months(Path(folder), size)
            weight = sum(file.stat().st_size for file in Path(folder).iterdir()) / events
            print(f"{events:,} events, {sessions:,} sessions, {weight:.0f} bytes/event in files", flush=True)
            _compare(Path(folder), events)


def _compare(folder: Path, events: int) -> None:
    peers = {"DuckDB": _duckdb(folder), **({"chdb": _chdb(folder)} if importlib.util.find_spec("chdb") else {})}
    print(f"ms for a million events by the clock, of the processor; the best of {ROUNDS}")
    print(f"{'':28} {'ours':>16} " + " ".join(f"{name:>32}" for name in peers))
    for question in QUESTIONS:
        answer = [tuple(row) for row in question.ours(folder)]
        asked = {"DuckDB": question.sql, "chdb": question.of_chdb or question.sql}
        for name, ask in peers.items():
            if [tuple(row) for row in ask(asked[name])] != answer:
                raise AssertionError(f"{question.name} differs between Polars and {name}")
        ours = _best(partial(question.ours, folder), events)
        theirs = [_best(partial(ask, asked[name]), events) for name, ask in peers.items()]
        beside = " ".join(
            f"{found} ({found.clock / ours.clock:4.1f} x, {found.used / ours.used:4.1f} x)" for found in theirs
        )
        print(f"{question.name:28} {ours} {beside}  (promised: {question.promised})", flush=True)


class Took(NamedTuple):
    """ms for a million events."""

    clock: float
    used: float  # of the processor, by all threads

    def __str__(self) -> str:
        return f"{self.clock:7.1f} {self.used:7.1f}"


def _best(work: Callable[[], object], events: int) -> Took:
    def once() -> tuple[float, float]:
        began, used = time.perf_counter(), time.process_time()
        work()
        return time.perf_counter() - began, time.process_time() - used

    clock, used = zip(*(once() for _ in range(ROUNDS)), strict=True)
    return Took(min(clock) * 1e9 / events, min(used) * 1e9 / events)


def _duckdb(folder: Path) -> Callable[[str], Sequence[Sequence[Any]]]:
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    names = {kind: f"read_parquet('{folder}/{kind}-*.parquet')" for kind in ("events", "sessions")}
    return lambda sql: database.sql(sql.format(**names)).fetchall()


def _chdb(folder: Path) -> Callable[[str], Sequence[Sequence[Any]]]:
    chdb = importlib.import_module("chdb")
    names = {kind: f"file('{folder}/{kind}-*.parquet', Parquet)" for kind in ("events", "sessions")}
    settings = " SETTINGS session_timezone = 'UTC'"

    def ask(sql: str) -> Sequence[Sequence[Any]]:
        rows = json.loads(str(chdb.query(sql.format(**names) + settings, "JSONCompact")))["data"]
        return [[int(cell) if cell.isdigit() else cell for cell in map(str, row)] for row in rows]

    return ask


def _chosen(folder: Path, *filters: tuple[str, str]) -> Chosen:
    def frame(kind: str, schema: pl.Schema) -> pl.LazyFrame:
        return pl.scan_parquet(sorted(folder.glob(f"{kind}-*.parquet"))).select(times_as_ms(schema))

    return choose(
        Frames(frame("events", EVENTS), frame("sessions", SESSIONS)),
        parse_filters(filters),
        span=_SPAN,
        classes=(0,),
        groups=PathGroups(()),
        more_events=False,
        more_sessions=False,
    )


def _collect(*frames: pl.LazyFrame) -> list[pl.DataFrame]:
    return pl.collect_all(frames, engine="streaming")


def _totals(folder: Path) -> Sequence[Sequence[Any]]:
    parts = _collect(*totals.totals(_chosen(folder, ("country", "DE")), _SPAN, visitors=False))
    (found,) = totals.summed(parts, buckets=1)
    return [[found.views, found.unique_views, found.visits, found.bounces]]


def _distinct(folder: Path) -> Sequence[Sequence[Any]]:
    (found,) = totals.summed(_collect(*totals.totals(_chosen(folder, ("country", "DE")), _SPAN)), buckets=1)
    return [[found.visits, found.visitors]]


def _pages(folder: Path) -> Sequence[Sequence[Any]]:
    (found,) = _collect(listings.pages(_chosen(folder, ("channel", "Direct"))))
    return found.sort("views", "path", descending=[True, False]).head(50).rows()


def _sources(folder: Path) -> Sequence[Sequence[Any]]:
    (found,) = _collect(listings.visits_by(_chosen(folder, ("page", "/pricing")), Dimension.REFERRER))
    return found.sort("visits", "referrer_host", descending=[True, False]).head(50).rows()


def _days(folder: Path) -> Sequence[Sequence[Any]]:
    edges = range(_SPAN.begin, _SPAN.end + DAY, DAY)
    parts = _collect(*totals.totals(_chosen(folder, ("page", "/pricing")), edges)[:1])
    return [[found.views, found.visitors] for found in totals.summed(parts, buckets=366) if found.views]


def _funnel(folder: Path) -> Sequence[Sequence[Any]]:
    (hits,) = _collect(funnels.hits(_chosen(folder), [*map(parse_step, _STEPS)]))
    return [funnels.steps_taken(hits, len(_STEPS))]


QUESTIONS: Final = (
    Question("country: totals", _totals, _TOTALS),
    Question("country: visits and visitors", _distinct, _DISTINCT),
    Question("channel: top pages", _pages, _PAGES),
    Question("page: sources", _sources, _SOURCES),
    Question("page: by day", _days, _DAYS),
    Question("funnel of 3, ordered", _funnel, _FUNNEL, _FUNNEL_OF_CHDB, PROMISED_FUNNEL),
)
