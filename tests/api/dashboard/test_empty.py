"""A site that nobody has visited: what it says, until somebody comes."""

from __future__ import annotations

import time
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from babel import Locale

from api.dashboard.empty import Uncounted, first_visit, is_host, uncounted
from core.drops import DropReason
from core.events import TrafficClass
from core.ranges import date_at
from core.realtime import LiveList, RealtimeView
from ops.clock import SystemClock
from storage.drops import Dropped
from tests.api.dashboard.conftest import SENT
from tests.api.dashboard.test_live_stream import SetRealtime, reading
from tests.api.dashboard.visits import visit
from tests.api.served import served

if TYPE_CHECKING:
    from tests.api.dashboard.conftest import PageWorld

ENGLISH: Final = Locale("en")
DAY: Final = date(2026, 11, 21)


def drop(reason: DropReason, count: int = 1, host: str = "") -> Dropped:
    """What a collector dropped."""
    return Dropped(1, DAY, reason.value, count, host)


def test_what_was_not_counted_is_told_in_words() -> None:
    """The most first, with what can be done about it."""
    told = uncounted(
        [drop(DropReason.DO_NOT_TRACK, 1), drop(DropReason.OTHER_HOST, 3, "localhost"), drop(DropReason.PREFETCH, 2)],
        1_200,
        site="shop.example",
        locale=ENGLISH,
    )
    assert told == (
        Uncounted("3 events from localhost", "not an allowed host", "localhost"),
        Uncounted("2 events", "the browser fetched the page ahead and nobody saw it"),
        Uncounted(
            "1 event",
            "the browser sends Do Not Track, which the site honours",
            settings="/settings/not-counted?site=shop.example",
        ),
        Uncounted("1,200 events from bots", "bots are kept apart from visitors"),
    )


@pytest.mark.parametrize("reason", DropReason)
def test_every_reason_has_its_words(reason: DropReason) -> None:
    """Also those that no site is told of yet."""
    assert uncounted([drop(reason)], 0, site="shop.example", locale=ENGLISH)[0].why


def test_one_click_never_allows_more_than_one_host() -> None:
    """Strangers name the hosts."""
    (told,) = uncounted([drop(DropReason.OTHER_HOST, 1, "*")], 0, site="shop.example", locale=ENGLISH)
    assert (told.host, told.settings) == ("", "/settings/not-counted?site=shop.example")
    assert [is_host(text) for text in ("localhost", "*.example", "")] == [True, False, False]


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({LiveList.PAGES: (("/", 1),), LiveList.COUNTRIES: (("DE", 1),)}, "/ · Germany · just now"),
        ({LiveList.PAGES: (("/a", 1),), LiveList.COUNTRIES: (("", 1),)}, "/a · just now"),
        ({}, "just now"),
    ],
)
def test_the_first_visit_is_told(lists: dict[LiveList, tuple[tuple[str, int], ...]], said: str) -> None:
    """As far as it is known."""
    assert said == first_visit(RealtimeView(1, (), (("page_view", 1),), 1, (), lists), ENGLISH)
    assert not first_visit(RealtimeView(0, (), ()), ENGLISH)


async def test_an_empty_site_shows_its_snippet(page_world_: PageWorld) -> None:
    """And nothing else; no report of zeros."""
    page = (await page_world_.client.get("/?site=example.com")).text
    assert "Waiting for the first visit…" in page
    assert f"data-id=&#34;{page_world_.site.uuid}&#34;" in page
    assert "http://localhost:8000/js/tracker.js" in page
    assert 'class="metrics"' not in page


async def test_bots_are_no_visit(page_world_: PageWorld) -> None:
    """They are told apart from what was dropped."""
    await visit(page_world_.dsn, page_world_.site.id, at=SystemClock().now_ms(), traffic=TrafficClass.BOT)
    page = (await page_world_.client.get("/?site=example.com")).text
    assert "1 event from bots, not counted" in page


async def test_a_host_counts_after_one_click(page_world_: PageWorld) -> None:
    """It joins those that do; a form from elsewhere changes nothing."""
    world, today = page_world_, date_at(SystemClock().now_ms(), UTC)
    world.execute("UPDATE sites SET allowed_hosts = '{example.com}' WHERE id = %s", world.site.id)
    world.execute("INSERT INTO drops VALUES (%s, %s, 'other_host', 3, 'localhost')", world.site.id, today)
    page = (await world.client.get("/?site=example.com")).text
    assert "3 events from localhost, not counted" in page
    assert "Count it too" in page
    form = {"site": "example.com", "host": "localhost"}
    assert (await world.client.post("/count-host", data=form)).status_code == 403
    assert _hosts(world) == ["example.com"]
    done = await world.client.post("/count-host", data=form, headers=SENT)
    assert (done.status_code, done.headers["location"]) == (303, "/?site=example.com")
    assert _hosts(world) == ["example.com", "localhost"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"site": "example.com", "host": "*"}, 400),
        ({"site": "example.com", "host": ""}, 400),
        ({"site": "example.com", "host": "http://localhost/"}, 400),
        ({"site": "other.example", "host": "localhost"}, 404),
    ],
)
async def test_what_cannot_be_counted(page_world_: PageWorld, form: dict[str, str], status: int) -> None:
    """No pattern, nothing that is no host, and no site of others."""
    page_world_.execute("UPDATE sites SET allowed_hosts = '{example.com}' WHERE id = %s", page_world_.site.id)
    page_world_.make_site("other.example", account="strangers")
    answer = await page_world_.client.post("/count-host", data=form, headers=SENT)
    assert status == answer.status_code
    assert _hosts(page_world_) == ["example.com"]


def test_an_empty_site_turns_live_by_itself(postgres_database: str) -> None:
    """Through the same stream, which also tells what is dropped meanwhile."""
    realtime = SetRealtime()
    with served(postgres_database, realtime=realtime) as server, reading(server, site="example.com") as stream:
        assert "Waiting for the first visit…" in stream.message()
        with psycopg.connect(server.dsn) as connection:
            connection.execute(
                "INSERT INTO drops VALUES (%s, (now() AT TIME ZONE 'UTC')::date, 'gpc', 2, '')", [server.site.id]
            )
        assert "2 events, not counted" in stream.message()
        time.sleep(1)
        begun = time.monotonic()
        realtime.show(1)
        strip = stream.message()
        assert time.monotonic() - begun < 1
        assert 'data-said="First visit: /pricing · Germany · just now"' in strip
        assert '<p class="here">1</p>' in strip


def _hosts(world: PageWorld) -> list[str]:
    with psycopg.connect(world.dsn) as connection:
        row = connection.execute("SELECT allowed_hosts FROM sites WHERE id = %s", [world.site.id]).fetchone()
    assert row is not None
    hosts: list[str] = row[0]
    return hosts
