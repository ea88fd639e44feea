"""Reports with filters against the oracle, wherever the events are: in rows, in files, in any mixture."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import product
from threading import Event
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregations import answering, question_reading
from aggregations.answering import QUICK
from aggregations.archive.reading import read_frames
from aggregations.reports import Reports
from core.dimensions import OF_SESSIONS, Dimension
from core.errors import Unavailable
from core.filters import parse_filters
from core.metrics import Metric, value_of
from core.query import Group, Query
from core.ranges import Comparison, Days, compared, date_at
from core.spans import DAY, HOUR
from core.steps import parse_step
from core.telemetry import NoTelemetry
from ops.clock import SystemClock
from storage.archive.folder import Folder
from tests import filter_oracle as oracle
from tests.aggregations.questions.scenes import GROUPS, ZONES, Scene, scene_of, some_events, some_filters
from tests.aggregations.test_reports import HastyClock
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.mixtures import Mixture, arrange, mixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from aggregations.archive.reading import Frames
    from core.events import Event as Sent
    from core.filters import Filter
    from tests.filter_oracle import Picked

_STEPS: Final = tuple(map(parse_step, ("/a", "/*", "signup")))
_MANY: Final = 10_000


@st.composite
def queries(draw: st.DrawFn, filters: st.SearchStrategy[tuple[Filter, ...]]) -> Query:
    """Any days of a stream in any zone, of the site, of a page or of a group."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = date_at(FIRST_DAY, zone) + timedelta(days=draw(st.integers(-1, 2)))
    scope = draw(st.sampled_from(("site", "site", "path", "group")))
    return Query(
        site=1,
        days=Days(first=first, last=first + timedelta(days=draw(st.integers(0, 3)))),
        zone=zone,
        bots=draw(st.booleans()),
        path="/a" if scope == "path" else None,
        group=Group(name="A", groups=GROUPS) if scope == "group" else None,
        filters=draw(filters),
        groups=GROUPS,
    )


def has_of(query: Query) -> Callable[[str], bool] | None:
    """Which pages a query is about."""
    if query.path is not None:
        return lambda path: path == query.path
    return None if query.group is None else query.group.has


def pick(scene: Scene, query: Query) -> Picked:
    """What the query's filters choose."""
    question = oracle.Question(query.filters, *query.ends, tuple(map(int, query.classes)), GROUPS)
    return oracle.pick(scene.rows, scene.sessions, question)


async def check(reports: Reports, scene: Scene, query: Query) -> None:
    """Every report of a query is what the definitions say."""
    has, picked = has_of(query), pick(scene, query)

    def totals(picked: Picked, edges: Sequence[int]) -> list[Any]:
        return oracle.totals(picked, edges, has, many=query.group is not None)

    previous = compared(query.days, Comparison.PREVIOUS_PERIOD)
    summary = await reports.summary(query, Comparison.PREVIOUS_PERIOD)
    assert totals(picked, query.ends) == [summary.totals]
    before = replace(query, days=previous)
    assert totals(pick(scene, before), before.ends) == [summary.previous]
    for metric in (Metric.VISITS, Metric.PAGEVIEWS, Metric.UNIQUE_VISITORS, Metric.BOUNCE_RATE):
        series = await reports.timeseries(query, metric)
        assert [value_of(metric, day) for day in totals(picked, query.edges)] == [value for _, value in series.points]
    if query.path is None:
        await check_lists(reports, picked, query, has)


async def check_lists(reports: Reports, picked: Picked, query: Query, has: Callable[[str], bool] | None) -> None:
    """Pages, sources, devices, entries and exits, events, a funnel and journeys."""
    pages = await reports.pages(query, limit=_MANY)
    inside = {path: sums for path, sums in oracle.pages(picked).items() if has is None or has(path)}
    assert inside == {row.path: (row.views, row.unique_views) for row in pages.rows}
    rows = sorted(pages.rows, key=lambda row: (-row.views, row.path))
    assert (rows, rows[1:3]) == (list(pages.rows), list((await reports.pages(query, limit=2, offset=1)).rows))
    flow = await reports.flow(query, limit=_MANY)
    for expected, found in zip(oracle.flow(picked), (flow.landings, flow.exits), strict=True):
        assert {path: count for path, count in expected.items() if has is None or has(path)} == dict(found)
    for dimension in (Dimension.CHANNEL, Dimension.UTM):
        visits = oracle.visits_by(picked, OF_SESSIONS[dimension], has)
        sources = await reports.sources(query, dimension, limit=_MANY)
        assert {names: count for names, count in visits.items() if any(names)} == dict(sources.rows)
    browsers: Counter[str] = Counter()
    for (browser,), count in oracle.visits_by(picked, ("browser",), has).items():
        browsers[browser or "unknown"] += count
    assert browsers == Counter(dict((await reports.devices(query)).rows[Dimension.BROWSER]))
    events = await reports.custom_events(query, limit=_MANY)
    assert oracle.custom_events(picked, has) == Counter(dict(events.rows))
    followed = oracle.followed_in(picked, has)
    funnel = await reports.funnel(query, _STEPS)
    assert oracle.funnel(followed, _STEPS) == [count for _, count in funnel.steps]
    journeys = await reports.journeys(query, stops=3, limit=_MANY)
    assert oracle.sequences(picked, 3, has) == Counter(dict(journeys.rows))
    assert [count for _, count in journeys.rows] == sorted((count for _, count in journeys.rows), reverse=True)
    assert journeys.rows[1:2] == (await reports.journeys(query, stops=3, limit=1, offset=1)).rows
    around = await reports.around(query, "/a", limit=_MANY)
    for place, lines in ((0, around.before), (1, around.after)):
        expected_lines: Counter[str] = Counter()
        for pair, count in oracle.neighbours(picked, "/a", has).items():
            expected_lines[pair[place]] += count
        assert expected_lines == Counter(dict(lines))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=some_events(), mixture=mixtures(), asked=st.lists(queries(some_filters()), min_size=3, max_size=3))
def test_filtered_reports_are_what_the_definitions_say(
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Sent],
    mixture: Mixture,
    asked: list[Query],
) -> None:
    """From rows only, files only and any mixture of them."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    arrange(rollup_pool, store, events, mixture)
    scene = scene_of(events)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry(), archive=store)

    async def ask() -> None:
        for query in asked:
            if query.is_filtered:
                await check(service, scene, query)

    asyncio.run(ask())
    service.close()


async def test_a_filter_that_leaves_everything_changes_no_number(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """The same numbers from frames as from SQL, down to the parts of a visit over midnight."""
    events = events_of(
        "23:50 /a, 23:55 /b, 1d00:10 /a, 1d00:15 !buy, 1d09:00 /a person=2, 1d10:00 /b person=3 class=bot"
    )
    hours = {FIRST_DAY + hour * HOUR for hour in range(72)}
    arrange(rollup_pool, Folder(tmp_path), events, Mixture(set(), 0, hours))
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    for day, bots, path in product((0, 1), (False, True), (None, "/a")):
        date = date_at(FIRST_DAY + day * DAY, UTC)
        query = Query(site=1, days=Days(first=date, last=date), zone=UTC, bots=bots, path=path)
        filtered = replace(query, filters=parse_filters([("country", "*")]))
        assert (await service.summary(query)).totals == (await service.summary(filtered)).totals
        assert (await service.summary(query)).totals.views > 0
        assert await service.pages(query, limit=9) == await service.pages(filtered, limit=9)
        assert await service.flow(query, limit=9) == await service.flow(filtered, limit=9)
    service.close()


@pytest.mark.parametrize(
    ("traffic", "views"),
    [(["human"], 2), (["bot"], 1), (["human", "bot"], 3), (["!human"], 1), (["bot", "!bot"], 0)],
)
async def test_traffic_alone_needs_no_frames(
    rollup_pool: ConnectionPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traffic: list[str], views: int
) -> None:
    """Rollups and rows know humans from bots; what nobody did is counted as without filters."""
    events = events_of("10:00 /a, 10:01 /a person=2 class=bot, 10:02 /b person=0")
    hours = {FIRST_DAY + hour * HOUR for hour in range(24)}
    arrange(rollup_pool, Folder(tmp_path), events, Mixture(set(), 0, hours))
    monkeypatch.setattr(question_reading, "read_frames", None)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    first = date_at(FIRST_DAY, UTC)
    filters = parse_filters(("traffic", value) for value in traffic)
    query = Query(site=1, days=Days(first=first, last=first), zone=UTC, bots=True, filters=filters)
    assert views == (await service.summary(query)).totals.views
    assert views == sum(row.views for row in (await service.pages(query, limit=9)).rows)
    service.close()


async def test_nobody_waits_for_questions(rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filtered reports have turns of their own."""
    going_on = Event()

    def read_slowly(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as `read_frames`
        assert going_on.wait(60)
        return read_frames(*args, **kwargs)

    monkeypatch.setattr(question_reading, "read_frames", read_slowly)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    date = date_at(FIRST_DAY, UTC)
    query = Query(site=1, days=Days(first=date, last=date), zone=UTC)
    filtered = replace(query, filters=parse_filters([("country", "DE")]))
    questions = [asyncio.ensure_future(service.devices(filtered)) for _ in range(QUICK + 1)]
    await asyncio.wait_for(service.devices(query), 60)
    assert [question.done() for question in questions] == [False] * (QUICK + 1)
    going_on.set()
    await asyncio.gather(*questions)
    service.close()


async def test_more_rows_than_fit_into_memory_are_refused(
    rollup_pool: ConnectionPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do about it; the same question of fewer days is answered."""
    arrange(rollup_pool, Folder(tmp_path), events_of("10:00 /a, 10:01 /b, 1d10:00 /a"), Mixture(set(), 0, set()))
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    first = date_at(FIRST_DAY, UTC)
    filters = parse_filters([("country", "DE")])
    days = [
        Days(first=first, last=first + timedelta(days=1)),
        Days(first=first + timedelta(days=1), last=first + timedelta(days=1)),
    ]
    queries = [Query(site=1, days=some, zone=UTC, filters=filters) for some in days]
    whole = (await service.summary(queries[0])).totals
    monkeypatch.setattr(question_reading, "MOST", 150)
    with pytest.raises(Unavailable, match="more rows than fit into memory: ask for fewer days"):
        await service.summary(queries[0])
    assert (whole.views, (await service.summary(queries[1])).totals.views) == (3, 1)
    service.close()


async def test_more_events_than_can_be_put_in_order_are_refused(
    rollup_pool: ConnectionPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Funnels and journeys need them all at once."""
    arrange(rollup_pool, Folder(tmp_path), events_of("10:00 /a, 10:01 /b, 10:02 /a"), Mixture(set(), 0, set()))
    monkeypatch.setattr(question_reading, "MOST_EVENTS", 2)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    first = date_at(FIRST_DAY, UTC)
    query = Query(site=1, days=Days(first=first, last=first), zone=UTC)
    assert list((await service.funnel(query, [parse_step("/a")])).steps) == [("/a", 1)]
    for question in (service.journeys(query, stops=2, limit=1), service.around(query, "/a", limit=1)):
        with pytest.raises(Unavailable, match="more than 2 events to put in order: ask for fewer days"):
            await question
    service.close()


async def test_a_look_that_takes_too_long_is_stopped(
    rollup_pool: ConnectionPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its middle, so that nobody waits for it any longer."""
    columns = {"s1": pl.lit(value=True), "type": pl.lit("page_view"), "class": pl.lit(0), "visit_country": pl.lit("DE")}
    some = pl.LazyFrame({"visitor": range(300_000)}).with_columns(session_id="visitor", **columns)
    hard = pl.col("visitor").cast(pl.String)
    endless = pl.concat(some.filter(hard.str.contains(f"1.*2.*{number}")) for number in range(500))

    def read_endlessly(*args: Any, **kwargs: Any) -> Frames:  # noqa: ANN401 - as `read_frames`
        return read_frames(*args, **kwargs)._replace(events=endless)

    monkeypatch.setattr(question_reading, "read_frames", read_endlessly)
    monkeypatch.setattr(answering, "LONGEST", 0.5)
    service = Reports(rollup_pool, clock=SystemClock(), telemetry=NoTelemetry())
    date = date_at(FIRST_DAY, UTC)
    query = Query(site=1, days=Days(first=date, last=date), zone=UTC, filters=parse_filters([("country", "DE")]))
    with pytest.raises(Unavailable, match=r"takes longer than 0\.5 s: ask for fewer days"):
        await asyncio.wait_for(service.summary(query), 60)
    service.close()


async def test_a_question_that_takes_too_long_is_given_up(rollup_pool: ConnectionPool) -> None:
    """With what to do about it."""
    service = Reports(rollup_pool, clock=HastyClock(), telemetry=NoTelemetry())
    date = date_at(FIRST_DAY, UTC)
    query = Query(site=1, days=Days(first=date, last=date), zone=UTC, filters=parse_filters([("country", "DE")]))
    for report in (service.summary(query), service.devices(query), service.journeys(query, stops=2, limit=1)):
        with pytest.raises(Unavailable, match="takes longer than 60 s: ask for fewer days"):
            await report
    service.close()
