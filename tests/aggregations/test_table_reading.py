"""Breakdowns against the oracle: of rollups, rows, files and any mixture, with filters and without."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregations.job import RollupJob
from aggregations.reports import Reports
from aggregations.tables import Order, Row, Table
from core.comparisons import Other
from core.filters import parse_filters
from core.metrics import Totals, value_of
from core.query import Group, Query
from core.ranges import Days, date_at
from core.spans import DAY, HOUR
from core.subjects import Column, Subject
from core.telemetry import NoTelemetry
from storage.archive.folder import Folder
from storage.pool import open_pool
from tests import filter_oracle, table_oracle
from tests.aggregations.history import make_history
from tests.aggregations.questions.scenes import GROUPS, ZONES, Scene, scene_of, some_events, some_filters
from tests.aggregations.test_reports import commit, seeded
from tests.cases import FIRST_DAY, events_of
from tests.clocks import SetClock
from tests.mixtures import DAYS, Mixture, arrange, mixtures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from psycopg_pool import ConnectionPool

    from core.events import Event
    from core.filters import Filter
    from tests.filter_oracle import Picked
    from tests.table_oracle import Names

_MANY: Final = 10_000
_ALL: Final = tuple(Subject)
#: Those that no rollup knows.
_ON_EVENTS: Final = (Subject.NOT_FOUND, Subject.LINK, Subject.DOWNLOAD)
_LINKS: Final = ('{"url":"https://a.example/x"}', '{"url":"https://b.example/"}', "", '{"other":1}')


@st.composite
def eventful(draw: st.DrawFn) -> list[Event]:
    """Events with links, files and pages that are not there among them."""
    events = []
    for event in draw(some_events()):
        match event.type:
            case "page_view":
                events.append(event._replace(status=draw(st.sampled_from((0, 200, 404)))))
            case "outbound_link":
                events.append(event._replace(properties=draw(st.sampled_from(_LINKS))))
            case "custom" if draw(st.booleans()):
                events.append(event._replace(name="file_download", properties=draw(st.sampled_from(_LINKS))))
            case _:
                events.append(event)
    return events


@st.composite
def queries(draw: st.DrawFn, filters: st.SearchStrategy[tuple[Filter, ...]]) -> Query:
    """Any days of a stream in any zone, of the site or of a group; some end within a day."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = date_at(FIRST_DAY, zone) + timedelta(days=draw(st.integers(-1, 2)))
    days = Days(first=first, last=first + timedelta(days=draw(st.integers(0, 3))))
    grouped = draw(st.integers(0, 4)) == 0
    query = Query(
        site=1,
        days=days,
        zone=zone,
        bots=draw(st.booleans()),
        group=Group(name="A", groups=GROUPS) if grouped else None,
        filters=draw(filters),
        groups=GROUPS,
    )
    if draw(st.integers(0, 3)) == 0:
        query = replace(query, until=query.ends[0] + draw(st.integers(1, 3 * DAY)))
    return query


def with_rollups(mixture: Mixture) -> Mixture:
    """Marks where nothing is rolled up, and none where no rows are."""
    waiting = {day + hour * HOUR for day in DAYS if day not in mixture.archived for hour in range(24)}
    rows_from = FIRST_DAY + mixture.dropped * DAY
    return mixture._replace(marked=waiting | {hour for hour in mixture.marked if hour >= rows_from})


def pick(scene: Scene, query: Query) -> Picked:
    """What the query's filters choose, a group being one."""
    query = query.with_group_as_filter()
    question = filter_oracle.Question(query.filters, *query.ends, tuple(map(int, query.classes)), GROUPS)
    return filter_oracle.pick(scene.rows, scene.sessions, question)


def expected(scene: Scene, query: Query, subject: Subject) -> tuple[dict[Names, Totals], Totals]:
    """All rows by definition, and the whole."""
    picked = pick(scene, query)
    found = table_oracle.rows(picked, subject, GROUPS, scene.sessions)
    (site,) = filter_oracle.totals(picked, query.ends, None, many=False)
    return found, table_oracle.whole(picked, subject, site, found)


def in_order(rows: Mapping[Names, Totals], order: Order, subject: Subject, before: Mapping[Names, Totals]) -> list[Row]:
    """Rows as an order has them."""
    metric = subject.metric.metric

    def key(names: Names) -> tuple[float, float]:
        totals = rows[names]
        main = value_of(metric, totals)
        match order.column:
            case Column.NAME:
                return 0, 0
            case Column.CHANGE:
                then = value_of(metric, before.get(names, Totals()))
                value = 1 if main == then else main / then if then else float("inf")
            case Column.BOUNCE | Column.DURATION:
                of = totals.bounces if order.column is Column.BOUNCE else totals.duration_ms
                return (
                    (1, 0) if not totals.rated else (0, -of / totals.rated if order.descending else of / totals.rated)
                )
            case column:
                value = value_of(column.metric, totals)
        return 0, -value if order.descending else value

    def escaped(names: Names) -> str:
        return "\t".join(name.replace("\\", "\\\\").replace("\t", "\\t") for name in names) if names[1:] else names[0]

    ordered = sorted(rows, key=escaped, reverse=order.column is Column.NAME and order.descending)
    ordered.sort(key=lambda names: -value_of(metric, rows[names]) if order.column is not Column.NAME else 0)
    ordered.sort(key=key)
    return [Row(names, rows[names], before.get(names, Totals())) for names in ordered]


async def check(reports: Reports, scene: Scene, query: Query, subjects: Sequence[Subject] = _ALL) -> None:
    """Every breakdown of a query is what the definitions say; read together as one by one."""
    found = await reports.breakdowns(query, [Table(subject=subject, limit=_MANY) for subject in subjects])
    for breakdown in found:
        subject = breakdown.subject
        rows, whole = expected(scene, query, subject)
        assert rows == {row.names: row.totals for row in breakdown.rows}, (subject, query)
        assert (len(rows), whole) == (breakdown.count, breakdown.totals), (subject, query)
        assert breakdown.before is None


async def check_orders(reports: Reports, scene: Scene, query: Query, subject: Subject) -> None:
    """Any order, page and search, against another range."""
    other = Other(days=Days(first=query.days.first - timedelta(days=1), last=query.days.first), shift=1)
    rows, whole = expected(scene, query, subject)
    before, whole_before = expected(scene, query.before(other), subject)
    for column in (*subject.columns, Column.NAME, Column.CHANGE):
        for descending in (True, False):
            order = Order(column, descending)
            ordered = in_order(rows, order, subject, before)
            found = await reports.breakdown(query, subject, order=order, limit=_MANY, other=other)
            if found.before is None or found.before.found is None:
                continue  # the site has nothing yet
            assert ordered == list(found.rows), (order, query)
            assert (whole, whole_before) == (found.totals, found.before.found)
            page = await reports.breakdown(query, subject, order=order, limit=2, offset=1, other=other)
            assert (ordered[1:3], len(ordered)) == (list(page.rows), page.count)
    some = await reports.breakdown(
        query, subject, limit=1, other=other, matches=lambda names: any("a" in name for name in names)
    )
    matching = {names: totals for names, totals in rows.items() if any("a" in name for name in names)}
    assert (len(matching), whole) == (some.count, some.totals)
    metric = Order(subject.metric, descending=True)
    expected_rows = [row._replace(before=None) for row in in_order(matching, metric, subject, {})]
    assert expected_rows[:1] == [row._replace(before=None) for row in some.rows]


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=eventful(),
    mixture=mixtures(),
    asked=st.lists(queries(st.one_of(some_filters(), st.just(()))), min_size=2, max_size=2),
    subject=st.sampled_from(_ALL),
)
def test_breakdowns_are_what_the_definitions_say(  # noqa: PLR0917 - where, what is there, and what is asked
    rollup_pool: ConnectionPool,
    tmp_path_factory: pytest.TempPathFactory,
    events: list[Event],
    mixture: Mixture,
    asked: list[Query],
    subject: Subject,
) -> None:
    """From rows only, files only and any mixture of them."""
    store = Folder(tmp_path_factory.mktemp("archive"))
    arrange(rollup_pool, store, events, with_rollups(mixture))
    scene = scene_of(events)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry(), archive=store)

    async def ask() -> None:
        for query in asked:
            await check(service, scene, query)
        await check_orders(service, scene, asked[0], subject)

    asyncio.run(ask())
    service.close()


async def test_a_filter_that_leaves_everything_changes_no_row(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """The same rows from frames as from SQL, down to the parts of a visit over midnight."""
    events = events_of(
        "23:50 /a, 23:55 /b, 1d00:10 /a, 1d00:15 !buy, 1d09:00 /a person=2, 1d10:00 /b person=3 class=bot"
    )
    hours = {FIRST_DAY + hour * HOUR for hour in range(72)}
    arrange(rollup_pool, Folder(tmp_path), events, Mixture(set(), 0, hours))
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    for day in (0, 1):
        date = date_at(FIRST_DAY + day * DAY, UTC)
        query = Query(site=1, days=Days(first=date, last=date), zone=UTC, bots=True, groups=GROUPS)
        filtered = replace(query, filters=parse_filters([("country", "*")]))
        tables = [Table(subject=subject, limit=9) for subject in Subject]
        assert await service.breakdowns(query, tables) == await service.breakdowns(filtered, tables)
    service.close()


async def test_rows_of_rollups_are_those_of_rows(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """A visit over midnight, two visits of one visitor, a bot, and someone without a visitor; by any zone's days."""
    events = events_of(
        "10:00 /a, 10:01 /b, 12:00 /a, 12:01 !buy, 23:50 /a person=2, 1d00:10 /c person=2,"
        " 1d09:00 /a person=3 class=bot, 1d11:00 /b person=0, 1d11:30 /b person=4"
    )
    arrange(rollup_pool, Folder(tmp_path), events, Mixture(set(), 0, set()))
    job = RollupJob(pool=rollup_pool, clock=SetClock(FIRST_DAY + 30 * DAY), telemetry=NoTelemetry())
    for day in range(3):
        job.roll_day(1, FIRST_DAY + day * DAY, force=True)
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    scene = scene_of(events)
    for zone in ZONES:
        for first, last in ((0, 0), (1, 1), (0, 2)):
            start = date_at(FIRST_DAY, ZoneInfo(zone))
            days = Days(first=start + timedelta(days=first), last=start + timedelta(days=last))
            query = Query(site=1, days=days, zone=ZoneInfo(zone), bots=True, groups=GROUPS)
            await check(service, scene, query)
    service.close()


async def test_a_page_is_not_broken_down(rollup_pool: ConnectionPool) -> None:
    """A filter on it is."""
    service = Reports(rollup_pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
    date = date_at(FIRST_DAY, UTC)
    query = Query(site=1, days=Days(first=date, last=date), zone=UTC, path="/a")
    with pytest.raises(ValueError, match="a page is not broken down"):
        await service.breakdown(query, Subject.COUNTRY, limit=1)
    service.close()


async def test_rows_of_months_days_and_hours_are_those_of_the_definitions(postgres_database: str) -> None:
    """Over two months and more, some of it kept from the question before, some of it marked."""
    random = seeded(3)
    history = make_history(random, site=1, first_day=FIRST_DAY, days=66)
    await commit(postgres_database, history)
    scene = Scene(history.events, history.sessions, scene_of([]).frames)
    with open_pool(postgres_database, size=2) as pool:
        job = RollupJob(pool=pool, clock=SetClock(FIRST_DAY + 90 * DAY), telemetry=NoTelemetry())
        for day in range(64):
            job.roll_day(1, FIRST_DAY + day * DAY)
        service = Reports(pool, clock=SetClock(FIRST_DAY), telemetry=NoTelemetry())
        for _ in range(4):
            zone = ZoneInfo(random.choice(ZONES))
            first = date_at(FIRST_DAY, zone) + timedelta(days=random.choice((0, random.randrange(60))))
            days = Days(first=first, last=first + timedelta(days=random.choice((3, 20, 66))))
            query = Query(site=1, days=days, zone=zone, bots=random.random() < 0.5, groups=GROUPS)
            for _ in range(2):
                await check(service, scene, query, [subject for subject in Subject if subject not in _ON_EVENTS])
        service.close()
