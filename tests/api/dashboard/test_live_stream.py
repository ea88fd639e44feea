"""`GET /live` over real sockets: what it sends and when, who may see it, and what ends it."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx
import psycopg
import pytest

from core.errors import Unavailable
from core.realtime import LiveList, RealtimeView
from storage import shares
from tests.api.dashboard.visits import visit
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served

QUIET: Final = RealtimeView(0, (), (), lists=dict.fromkeys(LiveList, ()))


class SetRealtime:
    """A window that shows what it was set to."""

    def __init__(self) -> None:
        self.view_ = QUIET
        self.failing = False

    def show(self, here: int, *, path: str = "/pricing") -> None:
        """So many are here, all at one page in Germany."""
        lists = {**QUIET.lists, LiveList.PAGES: ((path, here),), LiveList.COUNTRIES: (("DE", here),)}
        self.view_ = RealtimeView(here, (), (("page_view", here),), here, (), lists)

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """What was set."""
        assert (site > 0, now_ms > 0, window_ms) == (True, True, 1_800_000)
        if self.failing:
            raise Unavailable("the store does not answer: try again", retry_after=5)
        return self.view_


class Reader:
    """What a stream says."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def message(self, event: str = "") -> str:
        """The data of the next message of this event."""
        named = ""
        while True:
            field, _, value = next(self._lines).partition(": ")
            if field == "event":
                named = value
            elif field == "data":
                if named == event:
                    return value
                named = ""

    def rest(self) -> list[str]:
        """All that still comes."""
        return list(self._lines)


@pytest.fixture
def realtime() -> SetRealtime:
    """What happens now."""
    return SetRealtime()


@pytest.fixture
def server(postgres_database: str, realtime: SetRealtime) -> Iterator[Served]:
    """A server whose only site was visited once, long ago."""
    with served(postgres_database, realtime=realtime) as running:
        asyncio.run(visit(running.dsn, running.site.id))
        yield running


@contextmanager
def reading(server: Served, path: str = "/live", *, signed_in: bool = True, **query: str) -> Iterator[Reader]:
    """An open stream."""
    with httpx.Client(base_url=server.url, timeout=20) as client:
        if signed_in:
            sent = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
            assert client.post("/sign-in", data={"key": server.user_key}, headers=sent).status_code == 303
        with client.stream("GET", path, params=query, headers={"Accept": "text/event-stream"}) as response:
            if response.status_code != 200:
                response.read()
            yield Reader(response)


def test_the_strip_comes_at_once_and_again_when_it_changes(server: Served, realtime: SetRealtime) -> None:
    """As HTML in one line; in between the time, so that a script knows that nothing has happened."""
    realtime.show(3)
    with reading(server, site="example.com", country="FR") as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        first = stream.message()
        assert first.startswith('<section id="live" class="live"')
        assert 'href="/?site=example.com&amp;country=DE#report"' in first
        assert 'href="/?site=example.com&amp;page=/pricing&amp;country=FR#report"' in first
        realtime.show(4)
        begun = time.monotonic()
        assert '<p class="here">4</p>' in stream.message()
        assert time.monotonic() - begun < 2
        assert len(stream.message("time").split(":")) == 3


def test_an_outage_is_not_passed_off_as_now(server: Served, realtime: SetRealtime) -> None:
    """Nobody is told a time then, and the stream goes on."""
    realtime.failing = True
    with reading(server, site="example.com") as stream:
        begun = time.monotonic()
        realtime.failing = False
        realtime.show(5)
        assert '<p class="here">5</p>' in stream.message()
        assert time.monotonic() - begun < 5


def test_only_who_may_see_the_site_sees_its_stream(server: Served) -> None:
    """Neither strangers nor other accounts."""
    with reading(server, signed_in=False, site="example.com") as stream:
        assert stream.response.status_code == 401
    with reading(server, site="other.example") as stream:
        assert stream.response.status_code == 404


def test_a_revoked_share_link_ends_its_stream(server: Served, realtime: SetRealtime) -> None:
    """Within seconds; its rows lead nowhere if it may not filter."""
    realtime.show(2)
    with psycopg.connect(server.dsn) as connection:
        token = shares.insert(connection, server.site.id, name="board", may_filter=False, expires_at=None)
    assert token
    with reading(server, f"/share/{token}/live", signed_in=False) as stream:
        first = stream.message()
        assert ("/pricing" in first, '<a class="row"' in first) == (True, False)
        with psycopg.connect(server.dsn) as connection:
            connection.execute("DELETE FROM shares")
        begun = time.monotonic()
        stream.rest()
        assert time.monotonic() - begun < 12
    with reading(server, f"/share/{token}/live", signed_in=False) as stream:
        assert stream.response.status_code == 404


def test_the_end_of_the_session_ends_the_stream(server: Served) -> None:
    """Signing out, or a key that was revoked."""
    with reading(server, site="example.com") as stream:
        stream.message()
        with psycopg.connect(server.dsn) as connection:
            connection.execute("UPDATE api_keys SET revoked_at = now()")
        begun = time.monotonic()
        stream.rest()
        assert time.monotonic() - begun < 12
