"""The report routes, word for word."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from aggregations.answers import (
    Around,
    Before,
    CustomEvents,
    Flow,
    Funnel,
    Journeys,
    Pages,
    Point,
    Series,
    Summary,
    Timeseries,
)
from aggregations.breakdowns import Devices, Sources
from aggregations.conversions import Conversions, Place, Reached
from api import failures
from api.auth import Known
from api.dialects.tinytrail.envelope import failure
from api.dialects.tinytrail.reports import reports_router
from api.errors import HttpError
from core.accounts import Principal, Role
from core.dimensions import Dimension
from core.errors import InvalidInput, NotFound, Unavailable
from core.filters import Choice, Filter, FilterDimension
from core.intervals import slots
from core.metrics import Metric, Totals
from core.ranges import compared
from core.realtime import Minute, RealtimeView
from core.sites import ContentGroup, Site
from core.spans import DAY, HOUR, MINUTE
from core.steps import parse_step
from storage.reports import PageSum
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import tzinfo

    from aggregations.conversions import By
    from aggregations.series import Asked
    from core.accounts import Api
    from core.comparisons import Other
    from core.query import Query
    from core.ranges import Comparison
    from core.steps import Step

T = TypeVar("T")

ACCOUNT: Final = UUID(int=1)
SITE: Final = Site(
    id=7,
    uuid=UUID("5f6cbb3e-2f0b-4c1b-9f60-2d5f0f3a9c11"),
    account_id=ACCOUNT,
    domain="example.com",
    content_groups=(ContentGroup("Blog", "/blog/*"), ContentGroup("=Odd", "/odd")),
)
LOCAL: Final = Site(id=8, uuid=UUID(int=8), account_id=ACCOUNT, domain="example.org", time_zone="Pacific/Auckland")
ADMIN: Final = Principal(user_id=UUID(int=2), account_id=UUID(int=3), role=Role.ADMIN)
USER: Final = Principal(user_id=UUID(int=4), account_id=ACCOUNT, role=Role.USER)
#: 1 March 2026, 15:00 UTC.
NOW: Final = (date(2026, 3, 1).toordinal() - date(1970, 1, 1).toordinal()) * DAY + 15 * HOUR
ID: Final = str(SITE.uuid)
THIS_WEEK: Final = Totals(
    views=34200, visits=12450, visitors=9870, rated=10_000, bounces=4230, duration_ms=1_850_000_000
)
WEEK_BEFORE: Final = Totals(
    views=30100, visits=11200, visitors=8930, rated=10_000, bounces=4410, duration_ms=1_720_000_000
)


class FixedKeys:
    """Two keys, as `api.auth.Keys` would know them."""

    def known(self, api: Api, key: str) -> Known:
        """Whose key it is; nothing limits it."""
        return Known(self.owner(api, key), None)

    def owner(self, _: Api, key: str) -> Principal:
        """Whose key it is."""
        found = {"admin": ADMIN, "user": USER}.get(key)
        if found is None:
            raise HttpError(401, "send a valid key in the X-API-KEY header")
        return found


class FixedReports:
    """Answers with what it was given, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.plotted: list[Asked] = []
        self.goals: list[tuple[str, tuple[By, ...], bool]] = []
        self.others: list[Other | None] = []
        self.had_data = True
        self.paging = (0, 0)
        self.event_name: str | None = None
        self.steps: tuple[str, ...] = ()
        self.failure: Exception | None = None

    async def summary(
        self, query: Query, comparison: Comparison | None = None, *, other: Other | None = None
    ) -> Summary:
        """The weeks of the documentation."""
        self.asked.append(query)
        if self.failure:
            raise self.failure
        if comparison is None:
            return Summary(days=query.days, totals=THIS_WEEK, before=self._before(other, WEEK_BEFORE))
        return Summary(
            days=query.days,
            totals=THIS_WEEK,
            previous_days=compared(query.days, comparison),
            previous=WEEK_BEFORE,
        )

    async def pages(self, query: Query, *, limit: int, offset: int = 0, other: Other | None = None) -> Pages:
        """Three pages."""
        self.asked.append(query)
        self.paging = (limit, offset)
        rows = (PageSum("/blog/getting-started", 5420, 3210), PageSum("/odd", 3, 2), PageSum("/a,b", 1, 1))
        before = self._before(other, {"/blog/getting-started": 5000, "/a,b": 4})
        return Pages(days=query.days, rows=rows, before=before)

    async def sources(
        self,
        query: Query,
        dimension: Dimension,
        *,
        assistants: bool = True,
        limit: int,
        offset: int = 0,
        other: Other | None = None,
    ) -> Sources:
        """Two rows of each kind, one of them odd."""
        assert not assistants, "this API does not know assistants"
        self.asked.append(query)
        self.paging = (limit, offset)
        rows: dict[Dimension, tuple[tuple[tuple[str, ...], int], ...]] = {
            Dimension.CHANNEL: ((("Organic Search",), 4500), (("Direct",), 3200)),
            Dimension.REFERRER: ((("google.com",), 3200), (("=1+1",), 1)),
            Dimension.UTM: ((("twitter", "social", "launch"), 850), (("", "@medium", "a,b"), 1)),
        }
        before = self._before(other, {rows[dimension][0][0]: 850})
        return Sources(days=query.days, dimension=dimension, rows=rows[dimension], before=before)

    async def devices(self, query: Query, *, other: Other | None = None) -> Devices:
        """One of each, and devices of two kinds."""
        self.asked.append(query)
        rows = {
            Dimension.DEVICE: (("desktop", 8500), ("mobile", 3200)),
            Dimension.BROWSER: (("Chrome", 6400),),
            Dimension.OS: (("Windows", 5200),),
            Dimension.SCREEN: (),
        }
        before = self._before(other, {dimension: {"desktop": 8500, "Chrome": 3200} for dimension in rows})
        return Devices(days=query.days, rows=rows, before=before)

    async def flow(self, query: Query, *, limit: int, offset: int = 0, other: Other | None = None) -> Flow:
        """The lists of the documentation."""
        self.asked.append(query)
        self.paging = (limit, offset)
        landings, exits = (("/", 5200), ("/blog", 2100)), (("/pricing", 3400), ("/contact", 1800))
        before = self._before(other, ({"/": 2600}, {"/contact": 1800}))
        return Flow(days=query.days, landings=landings, exits=exits, before=before)

    async def custom_events(
        self, query: Query, name: str | None = None, *, limit: int, offset: int = 0, other: Other | None = None
    ) -> CustomEvents:
        """Those of the documentation, and an odd one."""
        self.asked.append(query)
        self.paging = (limit, offset)
        self.event_name = name
        rows = (("signup_complete", 342), ("video_play", 218), ("=1+1", 1))
        return CustomEvents(days=query.days, rows=rows, before=self._before(other, {"video_play": 436}))

    async def funnel(self, query: Query, steps: Sequence[Step]) -> Funnel:
        """The visits of the documentation, then nobody."""
        self.asked.append(query)
        self.steps = tuple(step.text for step in steps)
        visits = (5000, 1200, 900, 0, 0)
        return Funnel(days=query.days, steps=tuple(zip(self.steps, visits, strict=False)))

    async def journeys(self, query: Query, *, stops: int, limit: int, offset: int = 0) -> Journeys:
        """Two of them."""
        assert stops == 5
        self.asked.append(query)
        self.paging = (limit, offset)
        return Journeys(days=query.days, rows=((("/", "/pricing"), 480), (("=x",), 390)))

    async def around(self, query: Query, path: str, *, limit: int, offset: int = 0) -> Around:
        """Visits that begin and end there, and others."""
        self.asked.append(query)
        self.paging = (limit, offset)
        return Around(days=query.days, path=path, before=(("", 9), ("/", 4)), after=(("/signup", 8), ("", 5)))

    async def timeseries(self, query: Query, metric: Metric) -> Timeseries:
        """Rising values."""
        self.asked.append(query)
        return Timeseries(
            days=query.days, metric=metric, points=tuple((day, 1200 + n) for n, day in enumerate(query.days))
        )

    async def series(self, query: Query, asked: Asked) -> Series:
        """Rising values, each but the first held against 100; it is 12:15 of the last hour that is there."""
        self.asked.append(query)
        self.plotted.append(asked)
        found = slots(query.days, asked.interval, asked.calendar)[:3]
        return Series(
            days=query.days,
            metric=asked.metric,
            interval=asked.interval,
            points=tuple(Point(slot, 99 + n, 100 if n and asked.other else None) for n, slot in enumerate(found)),
            open=True,
            other=asked.other,
        )

    async def conversions(self, query: Query, goal: Step, *by: By, assistants: bool = True) -> Reached:
        """A tenth of some rows, and of all visits; a fifth of the week before."""
        self.asked.append(query)
        self.goals.append((goal.text, by, assistants))
        known: dict[By, dict[tuple[str, ...], Conversions]] = {
            Place.PAGE: {("/blog/getting-started",): Conversions(400, 40), ("/odd",): Conversions(3, 0)},
            Dimension.UTM: {("twitter", "social", "launch"): Conversions(850, 85)},
            Dimension.DEVICE: {("desktop",): Conversions(8500, 850)},
            Place.ENTRY: {("/",): Conversions(5200, 520)},
            Place.EXIT: {("/pricing",): Conversions(3400, 340)},
            Place.EVENT: {("video_play",): Conversions(100, 10)},
        }
        total = Conversions(1000, 100) if query.days.last.month == 3 else Conversions(500, 100)
        return Reached(total=total, by={each: known.get(each, {}) for each in by})

    def _before(self, other: Other | None, found: T) -> Before[T] | None:
        """What there was before, if there was."""
        self.others.append(other)
        return None if other is None else Before(other=other, found=found if self.had_data else None)

    async def oldest(self, site: int, zone: tzinfo) -> date | None:
        """Some day."""
        assert (site, str(zone)) == (7, "UTC")
        return date(2026, 2, 27)


class FixedRealtime:
    """The view of the documentation."""

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """What happens now."""
        assert (site, now_ms, window_ms) == (7, NOW, 30 * MINUTE)
        minutes = (Minute(NOW - MINUTE, 7, 12), Minute(NOW, 2, 3))
        return RealtimeView(42, (("/", 18), ("/blog/new-post", 12)), (("page_view", 87), ("scroll_50", 34)), 9, minutes)


class FixedNamed:
    """One of each kind, as `api.dialects.tinytrail.named.StoredNamed` would know them."""

    def segments(self, site: int, texts: Sequence[str]) -> tuple[Filter, ...]:
        """Those from Germany."""
        self._require(site, texts, "Germans")
        return (Filter(dimension=FilterDimension.COUNTRY, choices=(Choice("DE"),)),)

    def goal(self, site: int, text: str) -> Step:
        """An event."""
        self._require(site, [text], "Signed up")
        return parse_step("signup")

    def funnel(self, site: int, text: str) -> tuple[Step, ...]:
        """A page and an event."""
        self._require(site, [text], "Sign up")
        return parse_step("/pricing"), parse_step("signup")

    def _require(self, site: int, texts: Sequence[str], known: str) -> None:
        assert site == SITE.id
        for text in texts:
            if text != known:
                raise InvalidInput(f"there is no {text}")


def find_site(user: Principal, uuid: UUID) -> Site:
    """One site of each kind."""
    found = {SITE.uuid: SITE, LOCAL.uuid: LOCAL}.get(uuid)
    if found is None or not (user.is_admin or found.account_id == user.account_id):
        raise NotFound("there is no such website")
    return found


@pytest.fixture
def reports() -> FixedReports:
    """The service behind the routes."""
    return FixedReports()


@pytest.fixture
def rolled() -> list[date]:
    """Days that were rolled up."""
    return []


@pytest.fixture
async def client(reports: FixedReports, rolled: list[date]) -> AsyncIterator[httpx.AsyncClient]:
    """A user of the routes."""

    async def aggregate(day: date) -> None:
        rolled.append(day)

    app = FastAPI()
    app.state.keys = FixedKeys()
    failures.install(app, enveloped=failure)
    app.include_router(
        reports_router(
            reports=reports,  # type: ignore[arg-type]  # stands in for the service
            realtime=FixedRealtime(),
            aggregate=aggregate,
            find_site=find_site,
            named=FixedNamed(),
            clock=SetClock(NOW),
        )
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={"X-API-KEY": "user"}) as made:
        yield made


async def get(client: httpx.AsyncClient, report: str, **query: str | list[str]) -> httpx.Response:
    """Ask for a report of the site."""
    return await client.get(f"/api/v1/reports/{report}", params={"website_id": ID, **query})


async def test_a_summary_without_a_comparison_has_values_only(client: httpx.AsyncClient) -> None:
    """Seven days up to today, unless said."""
    answer = await get(client, "summary")
    assert answer.json() == {
        "status": "success",
        "data": {
            "period": {"start": "2026-02-23", "end": "2026-03-01"},
            "comparison": None,
            "metrics": {
                "visits": {"value": 12450},
                "unique_visitors": {"value": 9870},
                "pageviews": {"value": 34200},
                "bounce_rate": {"value": 42.3},
                "avg_session_duration_sec": {"value": 185},
            },
        },
    }


async def test_a_summary_with_a_comparison_is_the_documented_one(client: httpx.AsyncClient) -> None:
    """Every number of the documentation's example."""
    answer = await get(client, "summary", compare="previous_period")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "comparison": "2026-02-16 to 2026-02-22",
        "metrics": {
            "visits": {"value": 12450, "previous": 11200, "change_pct": 11.16},
            "unique_visitors": {"value": 9870, "previous": 8930, "change_pct": 10.53},
            "pageviews": {"value": 34200, "previous": 30100, "change_pct": 13.62},
            "bounce_rate": {"value": 42.3, "previous": 44.1, "change_pct": -4.08},
            "avg_session_duration_sec": {"value": 185, "previous": 172, "change_pct": 7.56},
        },
    }


async def test_pages_name_their_group(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """The page of the list that was asked for, its size cut to 500."""
    answer = await get(client, "pages", page="3", per_page="1000")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "page": 3,
        "per_page": 500,
        "rows": [
            {"path": "/blog/getting-started", "contentGroup": "Blog", "pageviews": 5420, "uniquePageviews": 3210},
            {"path": "/odd", "contentGroup": "=Odd", "pageviews": 3, "uniquePageviews": 2},
            {"path": "/a,b", "contentGroup": None, "pageviews": 1, "uniquePageviews": 1},
        ],
    }
    assert reports.paging == (500, 1000)


async def test_a_timeseries_has_a_point_for_each_day(client: httpx.AsyncClient) -> None:
    """Page views of the site, unless said."""
    answer = await get(client, "timeseries", start_date="2026-02-28", end_date="2026-03-01")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-28", "end": "2026-03-01"},
        "metric": "pageviews",
        "path": "*",
        "series": [{"date": "2026-02-28", "value": 1200}, {"date": "2026-03-01", "value": 1201}],
    }


async def test_a_timeseries_of_a_page_knows_it_in_any_form(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Filters are brought to the form in which paths are stored."""
    answer = await get(client, "timeseries", path="blog/caf%C3%A9?x=1", metric="bounce_rate", content_group="Blog")
    assert (answer.json()["data"]["path"], answer.json()["data"]["metric"]) == ("/blog/café", "bounce_rate")
    assert (reports.asked[0].path, reports.asked[0].group) == ("/blog/café", None)


async def test_a_page_outside_the_group_has_no_part_in_it(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Both filters hold."""
    answer = await get(client, "timeseries", path="/about", content_group="Blog", period="today")
    assert answer.json()["data"]["series"] == [{"date": "2026-03-01", "value": 0}]
    assert reports.asked == []


@pytest.mark.parametrize(
    ("sent", "rows"),
    [
        ({}, [{"channel": "Organic Search", "visits": 4500}, {"channel": "Direct", "visits": 3200}]),
        ({"group_by": "domain"}, [{"referrer": "google.com", "visits": 3200}, {"referrer": "=1+1", "visits": 1}]),
        (
            {"group_by": "utm"},
            [
                {"utmSource": "twitter", "utmMedium": "social", "utmCampaign": "launch", "visits": 850},
                {"utmSource": "", "utmMedium": "@medium", "utmCampaign": "a,b", "visits": 1},
            ],
        ),
    ],
)
async def test_sources_are_in_the_words_of_their_grouping(
    client: httpx.AsyncClient, reports: FixedReports, sent: dict[str, str], rows: list[dict[str, Any]]
) -> None:
    """By channel, unless said; paged."""
    answer = await get(client, "sources", page="3", per_page="7", content_group="Blog", include_bots="true", **sent)
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "page": 3,
        "per_page": 7,
        "rows": rows,
    }
    (asked,) = reports.asked
    assert reports.paging == (7, 14)
    assert (asked.bots, asked.group and asked.group.name) == (True, "Blog")


async def test_devices_are_four_lists(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """All of them, whatever page is asked for."""
    answer = await get(client, "devices", page="9", content_group="Blog")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "device_types": [{"deviceType": "desktop", "visits": 8500}, {"deviceType": "mobile", "visits": 3200}],
        "browsers": [{"browserFamily": "Chrome", "visits": 6400}],
        "os_families": [{"osFamily": "Windows", "visits": 5200}],
        "screen_resolutions": [],
    }
    (asked,) = reports.asked
    assert asked.group is not None


async def test_flow_is_two_lists(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Both are paged alike; the documentation shows no page in the answer."""
    answer = await get(client, "flow", page="2", per_page="10")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "landing_pages": [{"path": "/", "entries": 5200}, {"path": "/blog", "entries": 2100}],
        "exit_pages": [{"path": "/pricing", "exits": 3400}, {"path": "/contact", "exits": 1800}],
    }
    assert reports.paging == (10, 10)


@pytest.mark.parametrize(("sent", "asked"), [({}, None), ({"event_name": ""}, None), ({"event_name": "a b"}, "a b")])
async def test_custom_events_by_name(
    client: httpx.AsyncClient, reports: FixedReports, sent: dict[str, str], asked: str | None
) -> None:
    """All of them, or the one that is named."""
    answer = await get(client, "custom-events", page="3", per_page="7", **sent)
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "page": 3,
        "per_page": 7,
        "rows": [
            {"name": "signup_complete", "count": 342},
            {"name": "video_play", "count": 218},
            {"name": "=1+1", "count": 1},
        ],
    }
    assert (reports.event_name, reports.paging) == (asked, (7, 14))


async def test_a_rate_of_a_funnel_is_of_the_step_before(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """The first has all, however few; after a step that nobody took it is 0."""
    steps = ["/pricing?x=1", "signup", "/caf%C3%A9", "/", "custom"]
    answer = await get(client, "funnel", **{"steps[]": steps})
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "funnel": [
            {"step": "/pricing", "sessions": 5000, "conversion_rate": 100},
            {"step": "signup", "sessions": 1200, "conversion_rate": 24.0},
            {"step": "/café", "sessions": 900, "conversion_rate": 75.0},
            {"step": "/", "sessions": 0, "conversion_rate": 0.0},
            {"step": "custom", "sessions": 0, "conversion_rate": 0},
        ],
    }
    assert reports.steps == ("/pricing", "signup", "/café", "/", "custom")


async def test_steps_are_sent_with_brackets_or_without(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Their order is that of the address."""
    address = f"/api/v1/reports/funnel?website_id={ID}&steps=/c&steps%5B%5D=/b&steps[]=&steps=/a"
    assert (await client.get(address)).status_code == 200
    assert reports.steps == ("/c", "/b", "/a")


async def test_filters_of_an_address_are_those_of_the_query(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """On every report of days; content groups are at hand, and a page keeps its meaning."""
    given: dict[str, str | list[str]] = {
        "filter[country]": ["DE", "!FR"],
        "filter[group]": "Blog",
        "filter[channel]": "Referral",
    }
    expected = (
        Filter(dimension=FilterDimension.COUNTRY, choices=(Choice("DE"),)),
        Filter(dimension=FilterDimension.COUNTRY, choices=(Choice("FR"),), negated=True),
        Filter(dimension=FilterDimension.GROUP, choices=(Choice("Blog"),)),
        Filter(dimension=FilterDimension.CHANNEL, choices=(Choice("Referral"), Choice("AI Assistant"))),
    )
    for report in ("summary", "pages", "sources", "devices", "flow", "custom-events", "timeseries", "journeys"):
        assert (await get(client, report, **given)).status_code == 200
    await get(client, "funnel", **given, **{"steps[]": ["/", "/a"]})
    await get(client, "timeseries", **given, path="/a")
    await get(client, "summary", **given, content_group="Blog", compare="yoy", include_bots="true", period="30d")
    assert {expected} == {query.filters for query in reports.asked}
    assert {"Blog"} == {query.groups.name_of("/blog/a") for query in reports.asked}
    assert [query.path for query in reports.asked[-2:]] == ["/a", None]


async def test_journeys_are_lists_of_pages(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Paged like other lists; as CSV, pages stand on lines of one cell."""
    answer = await get(client, "journeys", page="2", per_page="10")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "page": 2,
        "per_page": 10,
        "rows": [{"pages": ["/", "/pricing"], "visits": 480}, {"pages": ["=x"], "visits": 390}],
    }
    assert reports.paging == (10, 10)
    table = (await get(client, "journeys", format="csv")).text
    assert table == 'pages,visits\r\n"/\n/pricing",480\r\n\'=x,390\r\n'


async def test_around_a_page_visits_begin_and_end(client: httpx.AsyncClient) -> None:
    """In brackets, which no path begins with."""
    answer = await get(client, "journeys", path="/pricing?x=1")
    assert answer.json()["data"] == {
        "period": {"start": "2026-02-23", "end": "2026-03-01"},
        "path": "/pricing",
        "page": 1,
        "per_page": 50,
        "before": [{"path": "(entry)", "count": 9}, {"path": "/", "count": 4}],
        "after": [{"path": "/signup", "count": 8}, {"path": "(exit)", "count": 5}],
    }
    table = (await get(client, "journeys", path="/pricing", format="csv")).text
    rows = ["place,path,count", "before,(entry),9", "before,/,4", "after,/signup,8", "after,(exit),5", ""]
    assert rows == table.split("\r\n")


async def test_realtime_is_the_documented_one(client: httpx.AsyncClient) -> None:
    """The last 30 minutes."""
    assert (await get(client, "realtime")).json()["data"] == {
        "active_visitors": 42,
        "top_pages": [{"path": "/", "visitors": 18}, {"path": "/blog/new-post", "visitors": 12}],
        "events_by_type": [{"eventType": "page_view", "count": 87}, {"eventType": "scroll_50", "count": 34}],
    }


@pytest.mark.parametrize(
    ("report", "query", "expected"),
    [
        (
            "summary",
            {"compare": "previous_period"},
            (
                "metric,value,previous,change_pct\r\nvisits,12450,11200,11.16\r\nunique_visitors,9870,8930,10.53\r\n"
                "pageviews,34200,30100,13.62\r\nbounce_rate,42.3,44.1,-4.08\r\navg_session_duration_sec,185,172,7.56\r\n"
            ),
        ),
        (
            "summary",
            {},
            (
                "metric,value,previous,change_pct\r\nvisits,12450,,\r\nunique_visitors,9870,,\r\n"
                "pageviews,34200,,\r\nbounce_rate,42.3,,\r\navg_session_duration_sec,185,,\r\n"
            ),
        ),
        (
            "pages",
            {},
            (
                "path,contentGroup,pageviews,uniquePageviews\r\n/blog/getting-started,Blog,5420,3210\r\n"
                '/odd,\'=Odd,3,2\r\n"/a,b",,1,1\r\n'
            ),
        ),
        ("timeseries", {"period": "today"}, "date,value\r\n2026-03-01,1200\r\n"),
        ("sources", {}, "channel,visits\r\nOrganic Search,4500\r\nDirect,3200\r\n"),
        ("sources", {"group_by": "domain"}, "referrer,visits\r\ngoogle.com,3200\r\n'=1+1,1\r\n"),
        (
            "sources",
            {"group_by": "utm"},
            ('utmSource,utmMedium,utmCampaign,visits\r\ntwitter,social,launch,850\r\n,\'@medium,"a,b",1\r\n'),
        ),
        ("devices", {}, "deviceType,visits\r\ndesktop,8500\r\nmobile,3200\r\n"),
        ("flow", {}, "path,entries\r\n/,5200\r\n/blog,2100\r\n"),
        ("custom-events", {}, "name,count\r\nsignup_complete,342\r\nvideo_play,218\r\n'=1+1,1\r\n"),
        (
            "funnel",
            {"steps[]": ["/pricing", "@signup"]},
            "step,sessions,conversion_rate\r\n/pricing,5000,100\r\n'@signup,1200,24.0\r\n",
        ),
    ],
)
async def test_a_report_as_csv_is_a_file(
    client: httpx.AsyncClient, report: str, query: dict[str, str | list[str]], expected: str
) -> None:
    """The documented columns, as an attachment."""
    answer = await get(client, report, format="csv", **query)
    assert expected == answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{report}-')


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"period": "all"}, "2026-02-27", "2026-03-01"),
        ({"period": "yesterday"}, "2026-02-28", "2026-02-28"),
        ({"period": "12m"}, "2025-03-02", "2026-03-01"),
        ({"period": ""}, "2026-02-23", "2026-03-01"),
        ({"start_date": "2026-02-01"}, "2026-02-01", "2026-03-01"),
        ({"start_date": "2026-02-01", "end_date": "2026-02-02", "period": "nonsense"}, "2026-02-01", "2026-02-02"),
    ],
)
async def test_the_period_that_is_asked_for(
    client: httpx.AsyncClient, reports: FixedReports, query: dict[str, str], first: str, last: str
) -> None:
    """Dates override words; a missing end is today."""
    await get(client, "summary", **query)
    days = reports.asked[0].days
    assert (first, last) == (days.first.isoformat(), days.last.isoformat())


async def test_days_are_those_of_the_sites_zone(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """In Auckland the second of March has begun."""
    await get(client, "summary", website_id=str(LOCAL.uuid), period="today")
    assert reports.asked[0].days.first == date(2026, 3, 2)
    assert str(reports.asked[0].zone) == "Pacific/Auckland"


async def test_bots_are_left_out_unless_asked_for(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Only the word true includes them."""
    for value in ("true", "false", ""):
        await get(client, "summary", include_bots=value)
    assert [query.bots for query in reports.asked] == [True, False, False]


COLOUR: Final = (
    "filter[colour]: there is no such dimension; there are page, group, entry, exit, source, channel, utm_source,"
    " utm_medium, utm_campaign, utm_content, utm_term, hostname, country, region, city, browser, browser_version, os,"
    " os_version, device, screen, event, traffic, property:NAME"
)
STEPS: Final = "steps[] must be sent 2 to 20 times: for each step a path or an event"
BAD: Final[list[tuple[str, dict[str, str | list[str]], str]]] = [
    ("summary", {"website_id": ""}, "website_id is required: send the UUID of a website"),
    ("realtime", {"website_id": "7"}, "website_id must be the UUID of a website"),
    ("summary", {"filter[colour]": "red"}, COLOUR),
    ("journeys", {"filter[colour]": "red"}, COLOUR),
    ("realtime", {"filter[country]": "DE"}, "filter[country]: the report realtime has no filters"),
    ("pages", {"period": "8d"}, "period must be one of yesterday, today, 7d, 30d, 90d, 12m, ytd, all"),
    ("summary", {"compare": "last"}, "compare must be one of previous_period, yoy, previous, year"),
    ("summary", {"include_bots": "yes"}, "include_bots must be true or false"),
    ("summary", {"format": "xml"}, "format must be one of json, csv"),
    ("pages", {"page": "0"}, "page must be a whole number from 1 to 1000000000"),
    ("pages", {"page": "99999999999"}, "page must be a whole number from 1 to 1000000000"),
    ("pages", {"per_page": "-1"}, "per_page must be a whole number from 1"),
    ("pages", {"per_page": "1.5"}, "per_page must be a whole number from 1"),
    ("summary", {"end_date": "2026-03-01"}, "start_date is required with end_date: send both as YYYY-MM-DD"),
    ("summary", {"start_date": "2026-02-30"}, "start_date must be a date as YYYY-MM-DD"),
    ("summary", {"start_date": "20260228"}, "start_date must be a date as YYYY-MM-DD"),
    ("summary", {"start_date": "0001-01-01"}, "start_date must lie between 1970-01-02 and 2999-12-31"),
    ("summary", {"start_date": "2026-03-02"}, "start_date must not be after end_date, which is 2026-03-01"),
    (
        "timeseries",
        {"start_date": "1980-01-01", "end_date": "2026-01-01"},
        "start_date and end_date must be at most 11000 days apart",
    ),
    (
        "timeseries",
        {"metric": "unique_visitors"},
        (
            "metric must be one of visits, pageviews, unique_pageviews, bounce_rate, avg_session_duration,"
            " landing_page_entries, exit_page_exits"
        ),
    ),
    ("timeseries", {"path": "/a\0"}, "path must not contain U+0000 or half a surrogate pair"),
    ("funnel", {}, STEPS),
    ("funnel", {"steps[]": ["/a"]}, STEPS),
    ("funnel", {"steps[]": ["/a", ""]}, STEPS),
    ("funnel", {"steps[]": ["/a"] * 21}, STEPS),
    ("funnel", {"steps": ["/a", "b\0"]}, "steps[] must not contain U+0000 or half a surrogate pair"),
    ("funnel", {"steps": ["/a", "b" * 1_025]}, "steps[] must be at most 1024 characters each"),
    ("sources", {"group_by": "country"}, "group_by must be one of channel, domain, utm"),
    ("sources", {"group_by": "Channel"}, "group_by must be one of channel, domain, utm"),
    ("sources", {"per_page": "0"}, "per_page must be a whole number from 1"),
    ("devices", {"format": "pdf"}, "format must be one of json, csv"),
    ("custom-events", {"event_name": "\0"}, "event_name must not contain U+0000 or half a surrogate pair"),
    ("pages", {"content_group": "\0"}, "content_group must not contain U+0000 or half a surrogate pair"),
]


@pytest.mark.parametrize(("report", "query", "message"), BAD)
async def test_what_is_not_understood_is_named(
    client: httpx.AsyncClient, report: str, query: dict[str, str | list[str]], message: str
) -> None:
    """With what to send instead."""
    answer = await get(client, report, **query)
    expected: dict[str, Any] = {"status": "error", "error": {"code": "INVALID_PAYLOAD", "message": message}}
    assert (400, expected) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "report", ["summary", "pages", "sources", "devices", "flow", "funnel", "custom-events", "timeseries", "realtime"]
)
async def test_a_report_needs_a_key_and_a_site_of_ones_own(client: httpx.AsyncClient, report: str) -> None:
    """The key is asked for first."""
    stranger = await client.get(f"/api/v1/reports/{report}", headers={"X-API-KEY": "wrong"})
    assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    missing = await get(client, report, website_id=str(UUID(int=99)))
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "NOT_FOUND")


async def test_a_store_that_is_away_is_no_fault_of_the_asker(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """A 503 says when to come again."""
    reports.failure = Unavailable("the store does not answer: try again", retry_after=5)
    answer = await get(client, "summary")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (b"", date(2026, 2, 28)),
        (b"{}", date(2026, 2, 28)),
        (b'{"date": null}', date(2026, 2, 28)),
        (b'{"date": "2026-03-01"}', date(2026, 3, 1)),
    ],
)
async def test_an_admin_has_a_day_rolled_up(
    client: httpx.AsyncClient, rolled: list[date], body: bytes, day: date
) -> None:
    """Yesterday unless said; answered when it is done."""
    answer = await client.post("/api/v1/admin/aggregate", content=body, headers={"X-API-KEY": "admin"})
    assert answer.json() == {"status": "success", "data": {"message": f"Aggregation completed for {day}"}}
    assert [day] == rolled


@pytest.mark.parametrize(
    "body", [b"[]", b"{", b'{"date": 5}', b'{"date": "18.03.2026"}', b'{"date": "2026-03-02"}', b"\xff", b"[" * 5_000]
)
async def test_a_day_that_is_not_understood_is_refused(
    client: httpx.AsyncClient, rolled: list[date], body: bytes
) -> None:
    """Nothing is rolled up then."""
    answer = await client.post("/api/v1/admin/aggregate", content=body, headers={"X-API-KEY": "admin"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_PAYLOAD")
    assert rolled == []


async def test_rolling_up_is_for_admins(client: httpx.AsyncClient) -> None:
    """Others get a 403."""
    answer = await client.post("/api/v1/admin/aggregate")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
