"""`/api/stats`: which views are shown, in which order, and what cannot be asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from api.dialects.beep import stats
from core.events import TrafficClass
from core.spans import DAY, HOUR
from ops.clock import SystemClock
from storage import accounts, sites
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.events import Event
    from tests.api.beep.conftest import Beep

_ADDRESS: Final = "192.0.2.1"


class Seen:
    """A server with views of three sites, two of them the account's."""

    def __init__(self, beep: Beep) -> None:
        self.beep = beep
        self.now = SystemClock().now_ms()
        with psycopg.connect(beep.server.dsn) as connection:
            self.blog = self._make(connection, "users", "blog.example.com")
            self.theirs = self._make(connection, "strangers", "theirs.example")
            write_events(connection, list(self._events()))

    def rows(self, query: str = "", **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - of `Beep.ask`
        """What is answered."""
        answer = self.beep.ask("GET", f"/api/stats{query}", **options)
        assert answer.status_code == 200
        rows: list[dict[str, Any]] = answer.json()
        return rows

    def day(self, ms: int) -> str:
        """The UTC date of so long ago."""
        return datetime.fromtimestamp((self.now - ms) / 1_000, tz=UTC).date().isoformat()

    def _events(self) -> Iterator[Event]:
        own = self.beep.server.site.id
        views: tuple[tuple[int, int, str, dict[str, Any]], ...] = (
            (own, HOUR, "/b", {}),
            (own, 3 * HOUR, "/a", {"traffic": int(TrafficClass.BOT)}),
            (own, 2 * HOUR, "/a", {}),
            (own, 2 * HOUR, "/a", {"type": "custom", "name": "signup"}),
            (own, 4 * HOUR, "/a", {"traffic": int(TrafficClass.FLOOD)}),
            (own, 30 * HOUR, "/a", {}),
            (own, 10 * DAY, "/a", {}),
            (own, 400 * DAY, "/old", {}),
            (self.blog, HOUR, "/z", {"ip": _ADDRESS}),
            (self.blog, 2 * HOUR, "/z", {"ip": _ADDRESS}),
            (self.blog, 2 * HOUR, "/z", {}),
            (self.theirs, HOUR, "/secret", {"ip": _ADDRESS}),
        )
        for number, (site, ago, path, changes) in enumerate(views):
            yield event_at(self.now - ago, number, site=site, person=number + 1, path=path)._replace(**changes)

    def _make(self, connection: psycopg.Connection, account: str, domain: str) -> int:
        made = sites.insert(connection, account_id=accounts.ensure(connection, account), domain=domain)
        assert made is not None
        return made.id


@pytest.fixture(scope="module")
def seen(beep: Beep) -> Seen:
    """One for all tests: they only read."""
    return Seen(beep)


def counts(rows: list[dict[str, Any]]) -> list[tuple[str, str, str, int]]:
    """The rows without their names."""
    return [(row["site"], row["ip"], row["path"], row["count"]) for row in rows]


BLOG: Final = [("blog.example.com", "", "/z", 1), ("blog.example.com", _ADDRESS, "/z", 2)]


@pytest.mark.parametrize(
    ("query", "a", "b", "old"),
    [
        ("", 2, 1, 0),
        ("?", 2, 1, 0),
        ("?site=&from=&to=&last=&verbose=", 2, 1, 0),
        ("?last=24h", 2, 1, 0),
        ("?last=48h", 3, 1, 0),
        ("?last=7d", 3, 1, 0),
        ("?last=14d", 4, 1, 0),
        ("?last=30d", 4, 1, 0),
        ("?last=3mo", 4, 1, 0),
        ("?last=14mo", 4, 1, 1),
        ("?last=9999999mo", 4, 1, 1),
        ("?last=24h&last=30d", 2, 1, 0),
        ("?last=24h&from=x&to=y", 2, 1, 0),
        ("?from=1970-01-01", 4, 1, 1),
        ("?from=1970-01-01&to=9999-12-31", 4, 1, 1),
        ("?to=9999-12-31", 4, 1, 1),
        ("?verbose=TRUE", 2, 1, 0),
        ("?verbose=1", 2, 1, 0),
    ],
)
def test_counts(seen: Seen, query: str, a: int, b: int, old: int) -> None:
    """Views of people and bots, by domain, path and address; nothing else that is sent, and nothing of others."""
    own = [("example.com", "", path, count) for path, count in (("/a", a), ("/b", b), ("/old", old)) if count]
    assert BLOG + own == counts(seen.rows(query))


def test_dates_are_whole_days(seen: Seen) -> None:
    """Both included."""
    ten, older = seen.day(10 * DAY), seen.day(400 * DAY)
    assert counts(seen.rows(f"?from={ten}&to={ten}")) == [("example.com", "", "/a", 1)]
    assert counts(seen.rows(f"?to={older}")) == [("example.com", "", "/old", 1)]
    assert counts(seen.rows(f"?from={older}&to={ten}")) == [
        ("example.com", "", "/a", 1),
        ("example.com", "", "/old", 1),
    ]
    assert seen.rows(f"?from={ten}&to={older}") == []


@pytest.mark.parametrize("site", ["blog.example.com", "Blog.Example.com"])
def test_one_site(seen: Seen, site: str) -> None:
    """By its domain."""
    assert counts(seen.rows(f"?site={site}")) == BLOG


@pytest.mark.parametrize("site", ["unknown.example", "theirs.example", "1", "%00"])
def test_no_such_site(seen: Seen, site: str) -> None:
    """What others own is as absent as what nobody does."""
    answer = seen.beep.ask("GET", f"/api/stats?site={site}")
    assert (answer.status_code, answer.json()) == (404, {"error": "site not found"})


def test_the_time_is_looked_at_first(seen: Seen) -> None:
    """Of two things that are wrong it is told."""
    answer = seen.beep.ask("GET", "/api/stats?site=unknown.example&last=0h")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid last duration"})


def test_each_view(seen: Seen) -> None:
    """By domain and path, the newest first; all fields are there."""
    rows = seen.rows("?verbose=true&last=48h")
    ordered = [(row["site"], row["path"], row["time"]) for row in rows]
    times = [
        datetime.fromtimestamp((seen.now - ago * HOUR) // 1_000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for ago in (1, 2, 2, 2, 3, 30, 1)
    ]
    places = [("blog.example.com", "/z")] * 3 + [("example.com", "/a")] * 3 + [("example.com", "/b")]
    assert [(*place, time) for place, time in zip(places, times, strict=True)] == ordered
    assert rows[-1] == {
        "site": "example.com",
        "ip": "",
        "country": "DE",
        "region": "Hesse",
        "city": "Kassel",
        "browser": "Firefox 130",
        "os": "Linux",
        "path": "/b",
        "referrer": "https://Direct.example/page",
        "time": times[-1],
    }


def test_others_see_their_own(seen: Seen) -> None:
    """Each account its sites."""
    assert counts(seen.rows(token=seen.beep.stranger)) == [("theirs.example", _ADDRESS, "/secret", 1)]


@pytest.mark.parametrize(("query", "rows"), [("", 4), ("?verbose=true", 6)])
def test_too_much_for_one_answer(seen: Seen, monkeypatch: pytest.MonkeyPatch, query: str, rows: int) -> None:
    """It is refused rather than cut off, which nobody would notice."""
    monkeypatch.setattr(stats, "MAX_ROWS", rows)
    assert len(seen.rows(query)) == rows
    monkeypatch.setattr(stats, "MAX_ROWS", rows - 1)
    answer = seen.beep.ask("GET", f"/api/stats{query}")
    assert (answer.status_code, f"{rows} rows" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/api/stats/", 404), ("POST", "/api/stats", 405)])
def test_neighbours(seen: Seen, method: str, path: str, status: int) -> None:
    """A slash more is nothing, and nothing is posted here."""
    answer = seen.beep.ask(method, path)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
