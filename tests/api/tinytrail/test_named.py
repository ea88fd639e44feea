"""Segments, goals and funnels, from making them to the reports that use them, on real events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

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

#: What persons do: path, or the name of an event.
VISITS: Final = {
    1: ("/", "/pricing", "signup"),
    2: ("/", "/pricing"),
    3: ("/blog", "/thanks/1"),
    4: ("/blog",),
}
GERMANS: Final = (1, 3)


class Asking:
    """A user of a server."""

    def __init__(self, server: Served) -> None:
        self.site = str(server.site.uuid)
        self._client = httpx.Client(base_url=server.url, headers={"X-API-KEY": server.user_key})

    def make(self, kind: str, **body: object) -> str:
        """Name something for the site; return its id."""
        answer = self._client.post(f"/api/v1/websites/{self.site}/{kind}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["data"]["id"])

    def report(self, report: str, **query: str) -> Any:  # noqa: ANN401 - JSON
        """Ask for a report of yesterday; return its data, or what is wrong."""
        query = {"website_id": self.site, "period": "yesterday", **query}
        answer = self._client.get(f"/api/v1/reports/{report}", params=query).json()
        return answer["data"] if answer["status"] == "success" else answer["error"]["message"]


def _event(ts: int, site: int, person: int, does: str) -> Event:
    if does.startswith("/"):
        found = event_at(ts, person, site=site, person=person, path=does)
    else:
        found = event_at(ts, person, site=site, person=person, event_type="custom", name=does)
    return found._replace(country="DE" if person in GERMANS else "FR")


@pytest.fixture(scope="module")
def asking(module_database: str) -> Iterator[Asking]:
    """A server that counted the visits yesterday at noon."""
    with served(module_database) as server:
        noon = SystemClock().now_ms() // DAY * DAY - 12 * HOUR
        events = [
            _event(noon + number * MINUTE, server.site.id, person, does)
            for person, doings in VISITS.items()
            for number, does in enumerate(doings)
        ]
        with psycopg.connect(module_database) as connection:
            write_events(connection, sorted(events))
        made = Asking(server)
        made.make("segments", name="Germans", filters=[{"dimension": "country", "value": "DE"}])
        made.make("segments", name="Readers", filters=[{"dimension": "entry", "value": "/blog"}])
        made.make("goals", name="Signed up", event="signup")
        made.make("goals", name="Thanked", page="/thanks/*")
        made.make("funnels", name="Sign up", steps=["/", "/pricing", "signup"])
        yield made


@pytest.mark.parametrize(
    ("query", "visits"),
    [
        ({}, 4),
        ({"segment": "Germans"}, 2),
        ({"segment": "Germans", "filter[entry]": "/"}, 1),
        ({"segment": "Germans", "filter[country]": "FR"}, 0),
    ],
)
def test_a_segment_adds_its_filters(asking: Asking, query: dict[str, str], visits: int) -> None:
    """Whatever the address says must be met too."""
    assert visits == asking.report("summary", **query)["metrics"]["visits"]["value"]


def test_what_is_chosen_is_compared_with_what_would_be(asking: Asking) -> None:
    """Where there was no data yet, nothing is new: the day before yesterday, and yesterday until noon."""
    rows = asking.report("pages", segment="Germans", compare="previous")["rows"]
    assert {row["path"]: (row["previous"], row["change_pct"]) for row in rows} == dict.fromkeys(
        ("/", "/pricing", "/blog", "/thanks/1"), (None, None)
    )
    today = asking.report("summary", segment="Germans", compare="previous", period="today")["metrics"]["visits"]
    assert today["previous"] == (2 if SystemClock().now_ms() % DAY > 12 * HOUR else None)


@pytest.mark.parametrize("chosen", [{}, {"segment": "Germans"}], ids=["all", "chosen"])
@pytest.mark.parametrize("report", ["summary", "pages", "sources", "devices", "flow", "custom-events", "timeseries"])
def test_days_to_come_are_compared_with_nothing(asking: Asking, report: str, chosen: dict[str, str]) -> None:
    """None of them has passed yet, so the other ones are cut where they begin."""
    tomorrow = (datetime.fromtimestamp(SystemClock().now_ms() / 1_000, UTC) + timedelta(days=1)).date()
    days = {"start_date": f"{tomorrow}", "end_date": f"{tomorrow}"}
    found = asking.report(report, compare="previous", **days, **chosen)
    assert found["comparison_until"] == f"{tomorrow - timedelta(days=1)}T00:00:00.000Z"
    if report == "summary":
        assert found["metrics"]["visits"] == {"value": 0, "previous": 0, "change_pct": 0}
    else:
        assert [] in found.values()


def test_a_segment_goes_by_its_id_too(asking: Asking) -> None:
    """As long as it is there."""
    id_ = asking.make("segments", name="French", filters=[{"dimension": "country", "value": "FR"}])
    assert asking.report("summary", segment=id_)["metrics"]["visits"]["value"] == 2
    assert asking.report("summary", segment="French")["metrics"]["visits"]["value"] == 2


@pytest.mark.parametrize(
    ("report", "query", "rows", "expected"),
    [
        ("pages", {"goal": "Signed up"}, "path", {"/": (1, 50.0), "/pricing": (1, 50.0), "/blog": (0, 0.0)}),
        ("pages", {"goal": "Thanked"}, "path", {"/": (0, 0.0), "/blog": (1, 50.0), "/thanks/1": (1, 100.0)}),
        ("pages", {"goal": "Thanked", "segment": "Germans"}, "path", {"/blog": (1, 100.0), "/": (0, 0.0)}),
        ("sources", {"goal": "Signed up"}, "channel", {"Direct": (1, 25.0)}),
        ("custom-events", {"goal": "Signed up"}, "name", {"signup": (1, 100.0)}),
    ],
)
def test_rows_tell_who_converts(
    asking: Asking, report: str, query: dict[str, str], rows: str, expected: dict[str, tuple[int, float]]
) -> None:
    """Of the visits of the row."""
    found = {row[rows]: (row["conversions"], row["conversion_rate"]) for row in asking.report(report, **query)["rows"]}
    assert expected.items() <= found.items()


def test_landing_and_exit_pages_and_the_summary_tell_it_too(asking: Asking) -> None:
    """By the page that a visit began or ended on, and of all visits."""
    flow = asking.report("flow", goal="Thanked")
    found = [
        {row["path"]: (row["conversions"], row["conversion_rate"]) for row in flow[pages]}
        for pages in ("landing_pages", "exit_pages")
    ]
    assert found == [
        {"/": (0, 0.0), "/blog": (1, 50.0)},
        {"/blog": (0, 0.0), "/pricing": (0, 0.0), "/thanks/1": (1, 100.0)},
    ]
    metrics = asking.report("summary", goal="Thanked")["metrics"]
    assert (metrics["conversions"], metrics["conversion_rate"]) == ({"value": 1}, {"value": 25.0})


def test_a_funnel_is_asked_for_by_its_name(asking: Asking) -> None:
    """With a segment, of its visits."""
    steps = [step["sessions"] for step in asking.report("funnel", funnel="Sign up")["funnel"]]
    assert steps == [2, 2, 1]
    steps = [step["sessions"] for step in asking.report("funnel", funnel="Sign up", segment="Germans")["funnel"]]
    assert steps == [1, 1, 1]


@pytest.mark.parametrize(
    ("report", "kind"), [("summary", "segment"), ("pages", "goal"), ("funnel", "funnel"), ("timeseries", "segment")]
)
@pytest.mark.parametrize("name", ["Nobody", str(UUID(int=9))])
def test_what_is_not_there_is_named(asking: Asking, report: str, kind: str, name: str) -> None:
    """The answer says where to look."""
    assert asking.report(report, **{kind: name}) == (
        f"{kind}: this website has no {kind} {name}; GET …/{kind}s lists what it has"
    )


@pytest.mark.parametrize("report", ["pages", "sources", "flow", "custom-events", "journeys"])
@pytest.mark.parametrize("given", [{}, {"segment": "Germans"}, {"path": "/"}], ids=["all", "chosen", "around"])
def test_the_last_page_there_can_be_is_empty(asking: Asking, report: str, given: dict[str, str]) -> None:
    """However far it is from the first."""
    assert [] in asking.report(report, page="1000000000", per_page="500", **given).values()
