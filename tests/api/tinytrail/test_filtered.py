"""Filters over HTTP, on real events: from an address to the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest

from core.spans import DAY, HOUR, MINUTE
from ops.clock import SystemClock
from tests.api.served import served
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.events import Event
    from tests.api.served import Served

#: By person: country, channel, and what is done: a path, or the name of an event with its properties.
VISITS: Final = {
    1: ("DE", "Direct", ("/", "/pricing", 'signup {"plan": "pro"}')),
    2: ("FR", "Referral", ("/pricing", "/blog/a")),
    3: ("DE", "AI Assistant", ("/blog/a", "/blog/b", "/blog/b", 'signup {"plan": "free"}')),
    4: ("", "Social", ("/",)),
}


def _event(ts: int, site: int, person: int, does: str) -> Event:
    country, channel, _ = VISITS[person]
    found = event_at(ts, person, site=site, person=person, path=does, channel=channel)
    if not does.startswith("/"):
        name, _, properties = does.partition(" ")
        found = found._replace(type="custom", name=name, properties=properties)
    return found._replace(country=country, region="", city="")


@pytest.fixture(scope="module")
def server(module_database: str) -> Iterator[Served]:
    """A server that counted the visits yesterday at noon."""
    with served(module_database) as running:
        noon = SystemClock().now_ms() // DAY * DAY - 12 * HOUR
        events = [
            _event(noon + number * MINUTE, running.site.id, person, does)
            for person, (_, _, doings) in VISITS.items()
            for number, does in enumerate(doings)
        ]
        with psycopg.connect(module_database) as connection:
            write_events(connection, sorted(events))
        with httpx.Client(base_url=running.url, headers={"X-API-KEY": running.user_key}) as user:
            groups = {"content_groups": [{"name": "Blog", "pattern": "/blog/*"}]}
            assert user.patch(f"/api/v1/websites/{running.site.uuid}", json=groups).status_code == 200
        yield running


def ask(server: Served, report: str, query: str, **more: str) -> httpx.Response:
    """Ask for a report of yesterday."""
    address = f"{server.url}/api/v1/reports/{report}?website_id={server.site.uuid}&period=yesterday&{query}"
    return httpx.get(httpx.URL(address).copy_merge_params(more), headers={"X-API-KEY": server.user_key}, timeout=30)


def data(server: Served, report: str, query: str, **more: str) -> Any:  # noqa: ANN401 - JSON
    """The data of a report."""
    answer = ask(server, report, query, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.parametrize(
    ("query", "visits", "views", "visitors"),
    [
        ("", 4, 8, 4),
        ("filter[country]=DE", 2, 5, 2),
        ("filter%5Bcountry%5D=DE&filter%5Bcountry%5D=FR", 3, 7, 3),
        ("filter[country]=!DE", 2, 3, 2),
        ("filter[country]=", 1, 1, 1),
        ("filter[channel]=Referral", 2, 5, 2),
        ("filter[page]=/pricing", 2, 2, 2),
        ("filter[page]=/blog/*&filter[country]=DE", 1, 3, 1),
        ("filter[group]=Blog", 2, 4, 2),
        ("filter[entry]=/", 2, 3, 2),
        ("filter[event]=signup", 2, 5, 2),
        ("filter[property:plan]=pro", 1, 2, 1),
        ("filter[country]=XX", 0, 0, 0),
        ("filter[traffic]=bot", 0, 0, 0),
    ],
)
def test_a_summary_is_of_the_chosen_visits(server: Served, query: str, visits: int, views: int, visitors: int) -> None:
    """Whatever is filtered by."""
    found = data(server, "summary", query)["metrics"]
    names = ("visits", "pageviews", "unique_visitors")
    assert (visits, views, visitors) == tuple(found[name]["value"] for name in names)


def test_lists_are_of_the_chosen_visits(server: Served) -> None:
    """With assistants among the referrals, with pages and content groups, as CSV too."""
    assert data(server, "sources", "filter[channel]=Referral")["rows"] == [{"channel": "Referral", "visits": 2}]
    pages = data(server, "pages", "filter[country]=DE&per_page=2")["rows"]
    assert pages == [
        {"path": "/blog/b", "contentGroup": "Blog", "pageviews": 2, "uniquePageviews": 1},
        {"path": "/", "contentGroup": None, "pageviews": 1, "uniquePageviews": 1},
    ]
    table = ask(server, "pages", "filter[country]=DE&content_group=Blog&format=csv").text
    assert table == "path,contentGroup,pageviews,uniquePageviews\r\n/blog/b,Blog,2,1\r\n/blog/a,Blog,1,1\r\n"
    events = data(server, "custom-events", "filter[property:plan]=free")["rows"]
    assert events == [{"name": "signup", "count": 1}]
    flow = data(server, "flow", "filter[country]=!DE")
    assert flow["landing_pages"] == [{"path": "/", "entries": 1}, {"path": "/pricing", "entries": 1}]
    assert data(server, "devices", "filter[country]=FR")["browsers"] == [{"browserFamily": "Firefox", "visits": 1}]
    series = data(server, "timeseries", "filter[country]=DE&path=/blog/b&metric=pageviews")["series"]
    assert [point["value"] for point in series] == [2]


def test_funnels_and_journeys_are_of_the_chosen_visits(server: Served) -> None:
    """Steps may be patterns; what comes before and after a page has its ends."""
    steps = "steps[]=/blog/*&steps[]=signup"
    for query, counts in ((steps, [2, 1]), (f"{steps}&filter[country]=FR", [1, 0])):
        assert counts == [step["sessions"] for step in data(server, "funnel", query)["funnel"]]
    assert data(server, "journeys", "filter[country]=DE")["rows"] == [
        {"pages": ["/", "/pricing"], "visits": 1},
        {"pages": ["/blog/a", "/blog/b"], "visits": 1},
    ]
    around = data(server, "journeys", "path=/pricing")
    assert around["before"] == [{"path": "(entry)", "count": 1}, {"path": "/", "count": 1}]
    assert around["after"] == [{"path": "(exit)", "count": 1}, {"path": "/blog/a", "count": 1}]


@pytest.mark.parametrize("report", ["summary", "pages", "sources", "devices", "flow", "journeys", "timeseries"])
def test_an_unknown_dimension_is_named(server: Served, report: str) -> None:
    """With those that there are."""
    answer = ask(server, report, "filter[colour]=red")
    assert answer.status_code == 400
    assert "filter[colour]: there is no such dimension; there are page, group," in answer.json()["error"]["message"]
