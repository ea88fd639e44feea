"""The report over HTTP, on real events, and what its state asks for."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import TYPE_CHECKING, Final
from uuid import UUID

import httpx
import psycopg
import pytest

from api.dashboard.report import query_of
from api.dashboard.state import State
from core.comparisons import Against
from core.funnels import Steps
from core.ranges import Days, Period
from core.sites import ContentGroup, Site
from core.spans import DAY, HOUR, MINUTE
from ops.clock import SystemClock
from storage import notes, shares
from storage.definitions import FUNNELS
from tests.api.served import served
from tests.cases import event_at
from tests.databases import fresh_database
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served

_HOSTILE: Final = '/"><script>alert(1)</script>'
#: By person: country, host of the referrer, and the pages that are seen yesterday.
_VISITS: Final = {
    1: ("DE", "", ("/", "/pricing", "/signup")),
    2: ("FR", "google.com", ("/", "/pricing")),
    3: ("DE", "google.com", ("/",)),
    4: ("", "javascript.example", (_HOSTILE, "/")),
}


@pytest.fixture(scope="module")
def server(postgres_dsn: str) -> Iterator[Served]:
    """A server that counted the visits yesterday at noon, and one of a person the day before."""
    with fresh_database(postgres_dsn) as dsn, served(dsn) as running:
        noon, site = SystemClock().now_ms() // DAY * DAY - 12 * HOUR, running.site.id
        events = [event_at(noon - DAY, 1, site=site, person=9, path="/")]
        for person, (country, host, pages) in _VISITS.items():
            for number, path in enumerate(pages):
                seen = event_at(noon + number * MINUTE, person, site=site, person=person, path=path)
                events.append(seen._replace(country=country, region="", city="", referrer_host=host, referrer=host))
        with psycopg.connect(dsn) as connection:
            write_events(connection, sorted(events))
            FUNNELS.insert(connection, site, "Sign-up", Steps(("/", "/pricing", "/signup")))
            notes.insert(connection, site, _yesterday(), 'Front <page> of "News"')
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A browser that is signed in."""
    headers = {"Accept": "text/html", "Accept-Language": "en-GB", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30, follow_redirects=True) as browser:
        assert browser.post("/sign-in", data={"key": server.user_key}).status_code == 200
        yield browser


def _yesterday() -> date:
    return datetime.fromtimestamp(SystemClock().now_ms() / 1_000 - 86_400, UTC).date()


def _page(client: httpx.Client, query: str = "period=yesterday", base: str = "/") -> str:
    answer = client.get(f"{base}?site=example.com&{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def _texts(html: str) -> str:
    """What is read, without tags, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def _part(html: str, id_: str) -> str:
    """What is in the section with this id."""
    found = re.search(rf'<(section|figure)[^>]* id="{id_}".*?</\1>', html, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_report_shows_its_numbers(client: httpx.Client) -> None:
    """Each with what it was the day before."""
    found = re.search(r'<div class="metrics".*?</div>', _page(client), re.DOTALL)
    assert found is not None
    text = _texts(found[0])
    assert "Visitors 4 up 300 % from 1" in text
    assert "Page views 8 up 700 % from 1" in text
    assert "Bounce rate 25.0 % down 75.0 pt from 100.0 %" in text


def test_rows_are_links_with_shares_and_changes(client: httpx.Client) -> None:
    """Of pages, sources and countries, under the names that people know."""
    html = _page(client)
    pages, sources, places = (_texts(_part(html, f"panel-{name}")) for name in ("pages", "sources", "places"))
    assert "/ 4 100 % up 300 %" in pages.replace(" \u2197", "")
    assert "Google 2 50 % new" in sources
    assert "Direct 1 25 %" in sources
    assert "Germany 2 50 % up 100 %" in places
    assert "All 4 pages CSV" in pages
    assert "No events in this day." in _texts(_part(html, "panel-events"))
    assert 'href="/?site=example.com&amp;period=yesterday&amp;page=/pricing"' in html
    assert 'href="/?site=example.com&amp;period=yesterday&amp;page=!/pricing"' in html


def test_a_hostile_path_stays_text(client: httpx.Client) -> None:
    """In rows, in titles and in addresses; nothing on the page has a style or a script of its own."""
    html = _page(client)
    assert _HOSTILE in unescape(_part(html, "panel-pages"))
    assert "<script>" not in html
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
    assert "javascript:" not in html


def test_the_chart_has_its_table_and_notes(client: httpx.Client) -> None:
    """The same values in both; a note in its words."""
    days = f"from={date.fromordinal(_yesterday().toordinal() - 2)}&to={_yesterday()}"
    chart = _part(_page(client, days), "chart")
    values = re.findall(r'</th><td(?: data-v="(\d+)")?>', chart)
    assert values == ["", "1", "4"]
    assert chart.count("Front &lt;page&gt; of &#34;News&#34;") == 2
    assert f"of={_yesterday()}" in chart


def test_a_funnel_is_there_when_it_is_counted(client: httpx.Client) -> None:
    """Without the page waiting for it."""
    for _ in range(100):
        text = _texts(_part(_page(client), "panel-funnel"))
        if "Still counting" not in text:
            break
        time.sleep(0.1)
    assert "1 / 4 visits 2 /pricing 2 visits · 50 % of the step before · 2 left here" in text
    assert "25 % of visits that came to / finished." in text


def test_whoever_may_not_filter_has_rows_without_links(client: httpx.Client, server: Served) -> None:
    """And makes no funnels and no notes."""
    with psycopg.connect(server.dsn) as connection:
        token = shares.insert(connection, server.site.id, name="x", may_filter=False, expires_at=None)
    html = _page(client, base=f"/share/{token}/")
    assert "/pricing" in _part(html, "panel-pages")
    assert "page=/pricing" not in html
    assert "New…" not in html
    assert "data-note" not in html


def test_days_are_those_of_the_site() -> None:
    """At 23:30 UTC it is tomorrow in Berlin."""
    site = Site(
        id=1,
        uuid=UUID(int=1),
        account_id=UUID(int=2),
        domain="example.com",
        time_zone="Europe/Berlin",
        content_groups=(ContentGroup("Blog", "/blog/*"),),
    )
    now = int(datetime(2026, 11, 20, 23, 30, tzinfo=UTC).timestamp() * 1_000)
    today = date(2026, 11, 21)

    asked = query_of(site, State(period=Period.TODAY), now)
    assert (today, Days(first=today, last=today)) == (asked.today, asked.days)
    assert asked.other is not None
    assert asked.other.until == now - DAY
    assert asked.query.groups.name_of("/blog/a") == "Blog"
    assert query_of(site, State(compare=None), now).other is None
    assert query_of(site, State(compare=Against.YEAR), now).days == Days(first=date(2026, 10, 23), last=today)


def test_all_days_begin_with_the_first_that_has_anything() -> None:
    """With the one on which the site was made where that is not known."""
    made = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1_000)
    site = Site(id=1, uuid=UUID(int=1), account_id=UUID(int=2), domain="example.com", created_at=made)
    now, state = made + 10 * DAY, State(period=Period.ALL)
    assert query_of(site, state, now).days.first == date(2026, 11, 1)
    assert query_of(site, state, now, oldest=date(2025, 3, 1)).days.first == date(2025, 3, 1)
    assert query_of(replace(site, created_at=now), state, now).days.first == date(2026, 11, 11)
