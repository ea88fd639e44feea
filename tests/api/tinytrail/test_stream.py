"""The realtime stream: what it sends and when, over real sockets, and what ends it."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx
import psycopg
import pytest

from core.accounts import Api, Role
from core.errors import Unavailable
from core.realtime import Minute, RealtimeView
from storage import keys
from tests.api.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served

PATH: Final = "/api/v1/reports/realtime/stream"


class TurnedRealtime:
    """A window that shows what it was set to; the same for all sites."""

    def __init__(self) -> None:
        self.active = 0
        self.failing = False
        #: How much `active` grows at each look.
        self.growth = 0

    async def view(self, site: int, now_ms: int, window_ms: int) -> RealtimeView:
        """What was set."""
        assert (site > 0, now_ms > 0, window_ms) == (True, True, 1_800_000)
        if self.failing:
            raise Unavailable("the store does not answer: try again", retry_after=5)
        self.active += self.growth
        minutes = (Minute(0, self.active, 2 * self.active),)
        return RealtimeView(self.active, (("/", self.active),), (("page_view", self.active),), self.active, minutes)


class Reader:
    """A client of a stream, as EventSource would be: messages with their ids and when they came."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()
        self.retry = 0
        self.comments = 0

    def message(self) -> tuple[str, dict[str, Any]]:
        """The next message's id and data; StopIteration at the end of the stream."""
        id_ = ""
        while True:
            line = next(self._lines)
            field, _, value = line.partition(": ")
            if field == "retry":
                self.retry = int(value)
            elif field == "id":
                id_ = value
            elif field == "data":
                return id_, json.loads(value)
            elif line == ":":
                self.comments += 1

    def rest(self) -> list[str]:
        """All that still comes."""
        return list(self._lines)


@contextmanager
def reading(server: Served, *, key: str = "", seen: str = "", **query: str) -> Iterator[Reader]:
    """An open stream of the server's site."""
    query = {"website_id": str(server.site.uuid), **query}
    headers = {"X-API-KEY": key or server.user_key} | ({"Last-Event-ID": seen} if seen else {})
    with httpx.stream("GET", server.url + PATH, params=query, headers=headers, timeout=20) as response:
        if response.status_code != 200:
            response.read()
        yield Reader(response)


@pytest.fixture
def realtime() -> TurnedRealtime:
    """What happens now."""
    return TurnedRealtime()


@pytest.fixture
def server(postgres_database: str, realtime: TurnedRealtime) -> Iterator[Served]:
    """A real server that has at most three streams open."""
    with served(postgres_database, realtime=realtime, streams=3) as running:
        yield running


def test_what_is_now_comes_at_once_and_then_what_changes(server: Served, realtime: TurnedRealtime) -> None:
    """The realtime report's data, as an event stream that no proxy keeps back; after a quiet second without delay."""
    with reading(server) as stream:
        assert stream.response.status_code == 200
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        assert stream.response.headers["x-accel-buffering"] == "no"
        id_, data = stream.message()
        assert data == {
            "active_visitors": 0,
            "top_pages": [{"path": "/", "visitors": 0}],
            "events_by_type": [{"eventType": "page_view", "count": 0}],
        }
        assert id_
        assert 1_000 <= stream.retry < 3_000
        time.sleep(1.2)
        realtime.active, changed = 42, time.monotonic()
        _, data = stream.message()
        assert data["active_visitors"] == 42
        assert time.monotonic() - changed < 2


def test_an_extended_stream_says_more(server: Served, realtime: TurnedRealtime) -> None:
    """Who is here now and what happened by minute; its messages have ids of their own."""
    realtime.active = 3
    with reading(server) as plain, reading(server, extended="true") as extended:
        id_, data = plain.message()
        other, more = extended.message()
    assert more == data | {
        "visitors_now": 3,
        "minutes": [{"start": "1970-01-01T00:00:00.000Z", "visitors": 3, "pageviews": 6}],
    }
    assert id_ != other


@pytest.mark.parametrize("name", ["filter[country]", "segment"])
def test_a_stream_has_no_filters(server: Served, name: str) -> None:
    """Rather than show everybody to whoever asked for some."""
    with reading(server, **{name: "DE"}) as stream:
        assert stream.response.status_code == 400
        assert stream.response.json()["error"]["message"] == f"{name}: the report realtime has no filters"


def test_at_most_one_a_second(server: Served, realtime: TurnedRealtime) -> None:
    """However often it changes."""
    realtime.growth = 1
    with reading(server) as stream:
        stream.message()
        begun = time.monotonic()
        for _ in range(3):
            stream.message()
        assert time.monotonic() - begun >= 2.5


def test_who_comes_back_is_told_what_is_new_only(server: Served, realtime: TurnedRealtime) -> None:
    """With the id of the last message; from whichever process that came."""
    with reading(server) as stream:
        seen, _ = stream.message()
    with reading(server, seen=seen) as stream:
        threading.Timer(0.6, lambda: setattr(realtime, "active", 7)).start()
        again, data = stream.message()
        assert (data["active_visitors"], again != seen) == (7, True)
    with reading(server, seen=seen) as stream:
        assert stream.message() == (again, data)


def test_the_end_of_the_server_ends_all_streams_in_order(postgres_database: str, realtime: TurnedRealtime) -> None:
    """No client sees an error, and nobody waits for the grace."""
    with served(postgres_database, realtime=realtime, grace=60) as server:
        with reading(server) as one, reading(server) as other:
            one.message()
            other.message()
            begun = time.monotonic()
            server.terminate()
            assert [line for line in one.rest() + other.rest() if line] == []
        server.ended.result(15)
        assert time.monotonic() - begun < 15


def test_streams_are_bounded(server: Served) -> None:
    """One too many is told to come again, and finds the place of one that left."""
    with reading(server) as one, reading(server) as two:
        with reading(server) as three:
            for stream in (one, two, three):
                stream.message()
            with reading(server) as late:
                assert (late.response.status_code, late.response.headers["retry-after"]) == (503, "5")
                assert late.response.json()["error"]["code"] == "UNAVAILABLE"
        deadline = time.monotonic() + 5
        while True:
            with reading(server) as late:
                if late.response.status_code == 200:
                    break
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_key_and_a_site_of_ones_own_are_needed(server: Served, realtime: TurnedRealtime) -> None:
    """As everywhere, in the envelope; and a store that is away is said before the stream begins."""
    with psycopg.connect(server.dsn) as connection:
        stranger = keys.create(connection, Api.TINYTRAIL, Role.USER, "strangers")
    for key, status, code in (("tt_wrong", 401, "UNAUTHORIZED"), (stranger, 404, "NOT_FOUND")):
        with reading(server, key=key) as stream:
            assert (stream.response.status_code, stream.response.json()["error"]["code"]) == (status, code)
    assert httpx.get(server.url + PATH, headers={"X-API-KEY": server.user_key}).status_code == 400
    realtime.failing = True
    time.sleep(0.3)
    with reading(server) as stream:
        assert (stream.response.status_code, stream.response.headers["retry-after"]) == (503, "5")


def test_the_stream_of_a_deleted_site_ends(server: Served) -> None:
    """Within seconds, in order; who comes back is told that there is none."""
    with reading(server) as stream:
        stream.message()
        deleted = httpx.delete(
            f"{server.url}/api/v1/websites/{server.site.uuid}", headers={"X-API-KEY": server.user_key}
        )
        assert deleted.status_code == 200
        begun = time.monotonic()
        stream.rest()
        assert time.monotonic() - begun < 15
    with reading(server) as stream:
        assert stream.response.status_code == 404
