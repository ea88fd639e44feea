"""Panel by panel, the page, its file and the report over HTTP give one number, and so do the older reports."""

from __future__ import annotations

import csv
import html
import io
import re
from random import Random
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest
from babel import Locale

from api.dashboard.labels import label
from api.dashboard.panels import ROWS
from api.dashboard.tabs import PANELS
from core.spans import DAY, HOUR, MINUTE
from core.subjects import Column, Subject
from ops.clock import SystemClock
from tests.api.served import served
from tests.cases import event_at
from tests.databases import fresh_database
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from enum import StrEnum

    from api.dashboard.choices import View
    from core.events import Event
    from tests.api.served import Served

_PEOPLE: Final = 60
_TABS: Final = [(view, tab, subject) for view, tabs in PANELS.items() for tab, subject in tabs.items()]
#: What a filter is in an address of the page, and of a report.
_FILTERS: Final[tuple[dict[str, str], ...]] = ({}, {"country": "DE"}, {"country": "!DE", "page": "/blog/*"})
_COLUMNS: Final = {
    Column.VISITORS: "unique_visitors",
    Column.VISITS: "visits",
    Column.PAGEVIEWS: "pageviews",
    Column.COUNT: "count",
    Column.BOUNCE: "bounce_rate",
    Column.DURATION: "avg_session_duration_sec",
}
_IN_FILES: Final = {Column.BOUNCE: "bounce_rate_pct", Column.DURATION: "visit_duration_s"}
#: The name of a panel's row, in two where it is long, and its number, exact beside the shown one where that is not.
_ROW: Final = re.compile(
    r'<tr><th scope="row">.*?<span>(.*?)</span>(?:<span class="tail">(.*?)</span>)?.*?</th>'
    r'<td(?: title="(.*?)")?>(.*?)</td>',
    re.DOTALL,
)
#: The older report of a subject: its name and what it is grouped by, the list in it, the name and the number of a row.
_OLDER: Final = {
    Subject.PAGE: ("pages", {}, "rows", "path", "pageviews", Column.PAGEVIEWS),
    Subject.ENTRY: ("flow", {}, "landing_pages", "path", "entries", Column.VISITS),
    Subject.EXIT: ("flow", {}, "exit_pages", "path", "exits", Column.VISITS),
    Subject.SOURCE: ("sources", {"group_by": "domain"}, "rows", "referrer", "visits", Column.VISITS),
    Subject.CHANNEL: ("sources", {}, "rows", "channel", "visits", Column.VISITS),
    Subject.BROWSER: ("devices", {}, "browsers", "browserFamily", "visits", Column.VISITS),
    Subject.OS: ("devices", {}, "os_families", "osFamily", "visits", Column.VISITS),
    Subject.DEVICE: ("devices", {}, "device_types", "deviceType", "visits", Column.VISITS),
    Subject.SCREEN: ("devices", {}, "screen_resolutions", "bucket", "visits", Column.VISITS),
    Subject.EVENT: ("custom-events", {}, "rows", "name", "count", Column.COUNT),
}


def _events(random: Random, site: int, noon: int) -> Iterator[Event]:
    """Whatever people do in some hours of yesterday, some of it twice a day and with a long pause between."""
    for person in range(1, _PEOPLE):
        country, region, city = random.choice(
            (("DE", "Hesse", "Kassel"), ("DE", "", ""), ("FR", "", "Lyon"), ("",) * 3)
        )
        channel = random.choice(("Direct", "Organic Search", "Social"))
        for step in range(random.randrange(1, 9)):
            ts = noon + person * MINUTE + step * random.choice((1, 1, 1, 20)) * MINUTE
            type_ = random.choice(("page_view",) * 4 + ("custom", "outbound_link", "scroll_25", "scroll_75"))
            url = f'{{"url":"https://{random.choice("abc")}.example/x"}}'
            name = random.choice(("signup", "file_download")) if type_ == "custom" else ""
            yield event_at(ts, step, site=site, person=person, channel=channel, event_type=type_, name=name)._replace(
                path=random.choice(("/", "/pricing", "/gone", *(f"/blog/{number}" for number in range(12)))),
                country=country,
                region=region,
                city=city,
                referrer_host="" if channel == "Direct" else random.choice(("t.example", "s.example")),
                utm_source=random.choice(("", "news")),
                utm_campaign=random.choice(("", "launch")),
                browser=random.choice(("Firefox", "Chrome", "")),
                device=random.choice(("desktop", "mobile")),
                screen=random.choice(("1441+", "unknown")),
                status=random.choice((200, 200, 404)) if type_ == "page_view" else 0,
                properties=url if type_ == "outbound_link" or name == "file_download" else "",
            )


@pytest.fixture(scope="module")
def server(postgres_dsn: str) -> Iterator[Served]:
    """A server of a site with some visits yesterday."""
    with fresh_database(postgres_dsn) as dsn, served(dsn) as running:
        noon = SystemClock().now_ms() // DAY * DAY - 18 * HOUR
        events = _events(Random(7), running.site.id, noon)  # noqa: S311 - visits, no secret
        with psycopg.connect(dsn) as connection:
            write_events(connection, sorted(events))
        with httpx.Client(base_url=running.url, headers={"X-API-KEY": running.user_key}) as user:
            groups = {"content_groups": [{"name": "Blog", "pattern": "/blog/*"}, {"name": "Home", "pattern": "/"}]}
            assert user.patch(f"/api/v1/websites/{running.site.uuid}", json=groups).status_code == 200
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A browser that is signed in."""
    headers = {"Accept": "text/html", "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, follow_redirects=True) as browser:
        assert browser.post("/sign-in", data={"key": server.user_key}, follow_redirects=False).status_code == 303
        yield browser


def over_http(server: Served, report: str, filters: dict[str, str], **given: str) -> dict[str, Any]:
    """A report of yesterday."""
    answer = httpx.get(
        f"{server.url}/api/v1/reports/{report}",
        params={
            "website_id": str(server.site.uuid),
            "period": "yesterday",
            "per_page": "500",
            **{f"filter[{name}]": value for name, value in filters.items()},
            **given,
        },
        headers={"X-API-KEY": server.user_key},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


@pytest.fixture(scope="module")
def pages(client: httpx.Client) -> Callable[[int, Mapping[str, str]], str]:
    """Gives the page with the tab of this number open in each panel that has so many, each page read once."""
    known: dict[tuple[int, str], str] = {}

    def page(number: int, filters: Mapping[str, str]) -> str:
        key = (number, str(filters))
        if key not in known:
            tabs = {view.value: tab.value for view, tabs in PANELS.items() for tab in [*tabs][number : number + 1]}
            given = {"site": "example.com", "period": "yesterday", "compare": "none", **tabs, **filters}
            answer = client.get("/", params=given)
            assert answer.status_code == 200
            known[key] = answer.text
        return known[key]

    return page


def panel_of(page: str, view: View) -> tuple[list[tuple[str, str]], str]:
    """The names and numbers of a panel's rows, and what it says of all of them."""
    section = re.search(rf'<section [^>]*id="panel-{view.value}".*?</section>', page, re.DOTALL)
    assert section is not None
    rows = _ROW.findall(section[0])
    footer = re.search(r">(All .*?)</a>", section[0])
    found = [(html.unescape(head + tail), (exact or shown).replace(",", "")) for head, tail, exact, shown in rows]
    return found, "" if footer is None else footer[1]


def in_file(client: httpx.Client, view: View, tab: StrEnum, filters: dict[str, str]) -> list[dict[str, str]]:
    """The rows of the file that a panel leads to."""
    given = {"site": "example.com", "period": "yesterday", "compare": "none", view.value: tab.value, "view": view.value}
    answer = client.get("/", params={**given, **filters, "format": "csv"})
    assert answer.status_code == 200
    return [*csv.DictReader(io.StringIO(answer.text))]


@pytest.mark.parametrize("filters", _FILTERS, ids=["all", "Germans", "others in the blog"])
@pytest.mark.parametrize(("view", "tab", "subject"), _TABS, ids=[tab.value for _, tab, _ in _TABS])
def test_a_panel_its_file_and_the_report_give_one_number(  # noqa: PLR0917 - what is asked, and of whom
    server: Served,
    client: httpx.Client,
    pages: Callable[[int, Mapping[str, str]], str],
    view: View,
    tab: StrEnum,
    subject: Subject,
    filters: dict[str, str],
) -> None:
    """Row by row: the number of the panel, and every column of the file."""
    data = over_http(server, "breakdown", filters, by=subject.value)
    rows = data["rows"]
    assert rows or subject is not Subject.PAGE
    names = [tuple(row[name] for name in subject.names) for row in rows]
    metric = _COLUMNS[subject.metric]
    panel, footer = panel_of(pages([*PANELS[view]].index(tab), filters), view)
    expected = [(label(subject, name, Locale("en")), str(row[metric])) for name, row in zip(names, rows, strict=True)]
    assert (expected[:ROWS], data["total_rows"]) == (panel, len(rows))
    assert footer.startswith(f"All {len(rows)} ") == bool(rows)
    lines = in_file(client, view, tab, filters)
    assert names == [tuple(line[name] for name in subject.names) for line in lines]
    for column in subject.columns:
        in_report = [float(row[_COLUMNS[column]]) for row in rows]
        assert in_report == [float(line[_IN_FILES.get(column, column.value)]) for line in lines], column


@pytest.mark.parametrize("filters", _FILTERS, ids=["all", "Germans", "others in the blog"])
@pytest.mark.parametrize("subject", _OLDER)
def test_the_older_reports_give_the_same(server: Served, subject: Subject, filters: dict[str, str]) -> None:
    """Whatever they leave out: visits without a source are in no row of theirs, and what is not known is `unknown`."""
    report, given, rows, name, number, column = _OLDER[subject]
    older = {row[name]: row[number] for row in over_http(server, report, filters, **given)[rows]}
    unknown = "unknown" if report == "devices" else ""
    found = {
        row[subject.value] or unknown: row[_COLUMNS[column]]
        for row in over_http(server, "breakdown", filters, by=subject.value)["rows"]
        if row[_COLUMNS[column]] and (row[subject.value] or subject is not Subject.SOURCE)
    }
    assert older == found
    assert older


@pytest.mark.parametrize("filters", _FILTERS, ids=["all", "Germans", "others in the blog"])
def test_rows_that_add_up_give_the_summary(server: Served, client: httpx.Client, filters: dict[str, str]) -> None:
    """Visitors, visits and page views of all countries are those of the site, on the page too."""
    metrics = over_http(server, "summary", filters)["metrics"]
    data = over_http(server, "breakdown", filters, by="country")
    for name in ("unique_visitors", "visits", "pageviews"):
        assert sum(row[name] for row in data["rows"]) == data["totals"][name] == metrics[name]["value"] > 0
    answer = client.get("/", params={"site": "example.com", "period": "yesterday", "compare": "none", **filters})
    shown = re.findall(r'class="metric-value"[^>]*>(.*?)</span>', answer.text)
    assert [str(metrics[name]["value"]) for name in ("unique_visitors", "visits", "pageviews")] == shown[:3]
