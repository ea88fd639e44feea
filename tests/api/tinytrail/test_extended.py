"""What extensions add to reports: comparisons that are fair, intervals, and who is here now."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from aggregations.breakdowns import DEVICES
from aggregations.conversions import Place
from api.dialects.tinytrail.extended import Change
from core.comparisons import Other
from core.dimensions import Dimension
from core.intervals import Interval
from core.metrics import Metric
from core.ranges import Days
from core.sites import WeekStart
from core.spans import DAY, HOUR, MINUTE
from tests.api.tinytrail.test_reports import LOCAL, NOW, FixedReports, client, get, reports, rolled

if TYPE_CHECKING:
    import httpx

    from aggregations.conversions import By

__all__ = ["client", "reports", "rolled"]

WEEK: Final = {"start": "2026-02-23", "end": "2026-03-01"}
#: It is 15:00 UTC on the last day of the week.
COMPARED: Final = {"comparison": "2026-02-16 to 2026-02-22", "comparison_until": "2026-02-22T15:00:00.000Z"}


@pytest.mark.parametrize(
    ("value", "previous", "expected"),
    [
        (3, None, (None, None)),
        (3, 0, (0, "new")),
        (0, 0, (0, 0)),
        (0, 3, (3, -100.0)),
        (3, 2, (2, 50.0)),
        (42.3, 44.1, (44.1, -4.08)),
    ],
)
def test_a_change_is_a_number_new_or_nothing(value: float, previous: float | None, expected: tuple[Any, Any]) -> None:
    """What was not there is new, what cannot be compared is null."""
    assert expected == tuple(Change.of(value, previous))


async def test_a_summary_is_compared_up_to_now(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """The days before, cut at the time of day that it is."""
    answer = await get(client, "summary", compare="previous")
    assert answer.json()["data"] == {
        "period": WEEK,
        **COMPARED,
        "metrics": {
            "visits": {"value": 12450, "previous": 11200, "change_pct": 11.16},
            "unique_visitors": {"value": 9870, "previous": 8930, "change_pct": 10.53},
            "pageviews": {"value": 34200, "previous": 30100, "change_pct": 13.62},
            "bounce_rate": {"value": 42.3, "previous": 44.1, "change_pct": -4.08},
            "avg_session_duration_sec": {"value": 185, "previous": 172, "change_pct": 7.56},
        },
    }
    assert reports.others == [
        Other(days=Days(first=date(2026, 2, 16), last=date(2026, 2, 22)), shift=7, until=NOW - 7 * DAY)
    ]


async def test_a_summary_without_anything_to_compare_with_says_null(
    client: httpx.AsyncClient, reports: FixedReports
) -> None:
    """A site that had no data then did not grow from zero."""
    reports.had_data = False
    data = (await get(client, "summary", compare="year", period="yesterday")).json()["data"]
    assert (data["comparison"], data["comparison_until"]) == ("2025-03-01 to 2025-03-01", None)
    assert data["metrics"]["visits"] == {"value": 12450, "previous": None, "change_pct": None}


class Listed(NamedTuple):
    """A list of a report, and what is said of each of its rows."""

    report: str
    given: dict[str, str]
    rows: str
    expected: list[tuple[int, object]]


LISTS: Final = [
    Listed("pages", {}, "rows", [(5000, 8.4), (0, "new"), (4, -75.0)]),
    Listed("sources", {}, "rows", [(850, 429.41), (0, "new")]),
    Listed("sources", {"group_by": "utm"}, "rows", [(850, 0.0), (0, "new")]),
    Listed("devices", {}, "device_types", [(8500, 0.0), (0, "new")]),
    Listed("devices", {}, "browsers", [(3200, 100.0)]),
    Listed("flow", {}, "landing_pages", [(2600, 100.0), (0, "new")]),
    Listed("flow", {}, "exit_pages", [(0, "new"), (1800, 0.0)]),
    Listed("custom-events", {}, "rows", [(0, "new"), (436, -50.0), (0, "new")]),
]


@pytest.mark.parametrize("listed", LISTS)
async def test_rows_say_how_they_changed(client: httpx.AsyncClient, reports: FixedReports, listed: Listed) -> None:
    """Each by what it counts; null where there is nothing to compare with."""
    for had_data, expected in ((True, listed.expected), (False, [(None, None)] * len(listed.expected))):
        reports.had_data = had_data
        data = (await get(client, listed.report, compare="previous", **listed.given)).json()["data"]
        assert COMPARED.items() <= data.items()
        assert expected == [(row["previous"], row["change_pct"]) for row in data[listed.rows]]


@pytest.mark.parametrize(
    ("report", "first"),
    [
        ("pages", "/blog/getting-started,Blog,5420,3210,5000,8.4"),
        ("sources", "Organic Search,4500,850,429.41"),
        ("devices", "desktop,8500,8500,0.0"),
        ("flow", "/,5200,2600,100.0"),
        ("custom-events", "signup_complete,342,0,new"),
    ],
)
async def test_tables_say_it_too(client: httpx.AsyncClient, report: str, first: str) -> None:
    """In two columns more."""
    lines = (await get(client, report, compare="previous", format="csv")).text.split("\r\n")
    assert lines[0].endswith(",previous,change_pct")
    assert lines[1] == first


@pytest.mark.parametrize("report", ["pages", "sources", "devices", "flow", "custom-events", "timeseries", "journeys"])
async def test_the_comparisons_of_the_api_change_no_list(
    client: httpx.AsyncClient, reports: FixedReports, report: str
) -> None:
    """They are for summaries, as its text says."""
    plain, asked = await get(client, report), await get(client, report, compare="previous_period")
    assert plain.content == asked.content
    assert set(reports.others) <= {None}


async def test_a_series_has_points_of_an_interval(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Named by what the site's clocks show; the last one may be open."""
    given = {"interval": "hour", "metric": "unique_visitors", "period": "today", "website_id": str(LOCAL.uuid)}
    answer = await get(client, "timeseries", **given)
    assert answer.json()["data"] == {
        "period": {"start": "2026-03-02", "end": "2026-03-02"},
        "metric": "unique_visitors",
        "path": "*",
        "interval": "hour",
        "series": [
            {"date": "2026-03-02T00:00:00+13:00", "value": 99},
            {"date": "2026-03-02T01:00:00+13:00", "value": 100},
            {"date": "2026-03-02T02:00:00+13:00", "value": 101, "open": True},
        ],
    }
    assert [(one.metric, one.interval, one.calendar.week_start) for one in reports.plotted] == [
        (Metric.UNIQUE_VISITORS, Interval.HOUR, WeekStart.MONDAY)
    ]


async def test_a_series_is_compared_point_by_point(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """By day unless said."""
    answer = await get(client, "timeseries", compare="year", path="/a")
    assert answer.json()["data"] == {
        "period": WEEK,
        "metric": "pageviews",
        "path": "/a",
        "interval": "day",
        "comparison": "2025-02-24 to 2025-03-02",
        "comparison_until": "2025-03-02T15:00:00.000Z",
        "series": [
            {"date": "2026-02-23", "value": 99, "previous": None, "change_pct": None},
            {"date": "2026-02-24", "value": 100, "previous": 100, "change_pct": 0.0},
            {"date": "2026-02-25", "value": 101, "previous": 100, "change_pct": 1.0, "open": True},
        ],
    }
    assert [query.path for query in reports.asked] == ["/a"]
    assert [one.other and one.other.shift for one in reports.plotted] == [364]
    table = (await get(client, "timeseries", compare="year", path="/a", format="csv")).text
    assert table.split("\r\n")[:2] == ["date,value,previous,change_pct", "2026-02-23,99,,"]
    assert (await get(client, "timeseries", interval="day", format="csv")).text.startswith("date,value\r\n")


async def test_a_page_outside_the_group_has_no_part_in_a_series(
    client: httpx.AsyncClient, reports: FixedReports
) -> None:
    """Every point up to now is nothing."""
    given = {"path": "/about", "content_group": "Blog", "period": "today", "interval": "hour"}
    points = (await get(client, "timeseries", **given)).json()["data"]["series"]
    assert [point["value"] for point in points] == [0] * 16
    assert reports.asked == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"interval": "second"}, "interval must be one of minute, hour, day, week, month"),
        (
            {"interval": "minute", "period": "30d"},
            "interval=minute makes 43200 points of these days, at most 11000: ask for fewer days or a longer interval",
        ),
        ({"metric": "unique_visitors"}, "metric must be one of visits, pageviews, unique_pageviews, bounce_rate,"),
    ],
)
async def test_what_is_no_series_is_refused(client: httpx.AsyncClient, given: dict[str, str], message: str) -> None:
    """The error says what to send instead; of its own days the API's text knows no visitors."""
    answer = await get(client, "timeseries", **given)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(message)


async def test_realtime_says_more_if_asked(client: httpx.AsyncClient) -> None:
    """Who is here now, and what happened in each minute; without that it is the documented one."""
    plain = (await get(client, "realtime")).json()["data"]
    more = (await get(client, "realtime", extended="true")).json()["data"]
    assert (await get(client, "realtime", extended="false")).json()["data"] == plain
    assert more == plain | {
        "visitors_now": 9,
        "minutes": [
            {"start": "2026-03-01T14:59:00.000Z", "visitors": 7, "pageviews": 12},
            {"start": "2026-03-01T15:00:00.000Z", "visitors": 2, "pageviews": 3},
        ],
    }
    assert NOW % HOUR % MINUTE == 0
    assert (await get(client, "realtime", extended="maybe")).status_code == 400


GOALS: Final = [
    ("pages", {}, "rows", [(40, 10.0), (0, 0.0), (0, 0)], (Place.PAGE,)),
    ("sources", {"group_by": "utm"}, "rows", [(85, 10.0), (0, 0)], (Dimension.UTM,)),
    ("devices", {}, "device_types", [(850, 10.0), (0, 0)], DEVICES),
    ("flow", {}, "landing_pages", [(520, 10.0), (0, 0)], (Place.ENTRY, Place.EXIT)),
    ("flow", {}, "exit_pages", [(340, 10.0), (0, 0)], (Place.ENTRY, Place.EXIT)),
    ("custom-events", {}, "rows", [(0, 0), (10, 10.0), (0, 0)], (Place.EVENT,)),
]


@pytest.mark.parametrize("goal", GOALS)
async def test_rows_say_who_of_them_reaches_a_goal(
    client: httpx.AsyncClient,
    reports: FixedReports,
    goal: tuple[str, dict[str, str], str, list[tuple[int, float]], tuple[By, ...]],
) -> None:
    """And how many percent that are, beside whatever else they say; as CSV in two columns more."""
    report, given, rows, expected, by = goal
    data = (await get(client, report, goal="Signed up", **given)).json()["data"]
    assert expected == [(row["conversions"], row["conversion_rate"]) for row in data[rows]]
    assert reports.goals == [("signup", by, False)]
    both = (await get(client, report, goal="Signed up", compare="previous", **given)).json()["data"][rows]
    assert {"previous", "change_pct", "conversions", "conversion_rate"} <= both[0].keys()
    table = (await get(client, report, goal="Signed up", format="csv", **given)).text
    assert table.split("\r\n")[0].endswith(",conversions,conversion_rate")


@pytest.mark.parametrize(
    ("compare", "count", "rate"),
    [
        ({}, {"value": 100}, {"value": 10.0}),
        (
            {"compare": "previous_period"},
            {"value": 100, "previous": 100, "change_pct": 0.0},
            {"value": 10.0, "previous": 20.0, "change_pct": -50.0},
        ),
        (
            {"compare": "previous"},
            {"value": 100, "previous": 100, "change_pct": 0.0},
            {"value": 10.0, "previous": 20.0, "change_pct": -50.0},
        ),
    ],
)
async def test_a_summary_has_the_metrics_of_a_goal(
    client: httpx.AsyncClient, compare: dict[str, str], count: dict[str, float], rate: dict[str, float]
) -> None:
    """After its own, compared as they are."""
    metrics = (await get(client, "summary", goal="Signed up", **compare)).json()["data"]["metrics"]
    assert list(metrics)[-2:] == ["conversions", "conversion_rate"]
    assert (metrics["conversions"], metrics["conversion_rate"]) == (count, rate)
    table = (await get(client, "summary", goal="Signed up", format="csv", **compare)).text
    assert table.split("\r\n")[6].startswith("conversions,100,")


async def test_a_goal_without_anything_to_compare_with_says_null(
    client: httpx.AsyncClient, reports: FixedReports
) -> None:
    """As the other metrics do."""
    reports.had_data = False
    metrics = (await get(client, "summary", goal="Signed up", compare="year")).json()["data"]["metrics"]
    assert metrics["conversion_rate"] == {"value": 10.0, "previous": None, "change_pct": None}
    assert len(reports.goals) == 1


async def test_segments_are_filters(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Those of the segments first, then those of the address; all are to be met."""
    for report in ("summary", "pages", "sources", "devices", "flow", "custom-events", "timeseries", "journeys"):
        given: dict[str, str | list[str]] = {"segment": ["Germans", "Germans"], "filter[device]": "mobile"}
        assert (await get(client, report, **given)).status_code == 200
    assert {tuple(each.name for each in query.filters) for query in reports.asked} == {("country", "device")}


async def test_a_funnel_may_be_named(client: httpx.AsyncClient, reports: FixedReports) -> None:
    """Instead of its steps."""
    data = (await get(client, "funnel", funnel="Sign up")).json()["data"]
    assert [step["step"] for step in data["funnel"]] == ["/pricing", "signup"]
    assert reports.steps == ("/pricing", "signup")


@pytest.mark.parametrize(
    ("report", "given", "message"),
    [
        ("pages", {"segment": "Martians"}, "there is no Martians"),
        ("pages", {"goal": "Ordered"}, "there is no Ordered"),
        ("pages", {"goal": ["a", "b"]}, "goal must be sent once"),
        ("pages", {"segment": ["Germans"] * 11}, "segment must be sent at most 10 times"),
        ("summary", {"segment": "a\0"}, "segment must not contain U+0000 or half a surrogate pair"),
        ("funnel", {"funnel": "Ordered"}, "there is no Ordered"),
        ("funnel", {"funnel": "Sign up", "goal": "Signed up"}, "goal: the report funnel has no goals"),
        ("journeys", {"goal": "Signed up"}, "goal: the report journeys has no goals"),
        ("timeseries", {"goal": "Signed up"}, "goal: the report timeseries has no goals"),
        ("journeys", {"compare": "year"}, "compare=year: the report journeys is compared with nothing"),
        ("funnel", {"compare": "previous"}, "compare=previous: the report funnel is compared with nothing"),
        ("funnel", {"funnel": "Sign up", "steps[]": ["/", "/a"]}, "send either funnel or steps[]"),
        ("funnel", {}, "steps[] must be sent 2 to 20 times: for each step a path or an event"),
    ],
)
async def test_what_is_not_named_is_refused(
    client: httpx.AsyncClient, report: str, given: dict[str, str | list[str]], message: str
) -> None:
    """The error says it."""
    answer = await get(client, report, **given)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
