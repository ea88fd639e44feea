"""What is wrong in a website's pages, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from core.jobs import JobKind
from core.spans import DAY, HOUR
from ops.clock import SystemClock
from storage import sites
from storage.times import instant
from tests.api.served import served
from tests.issues import make_issue
from tests.ops.jobs.stage import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.served import Served


@pytest.fixture(scope="module")
def server(module_database: str) -> Iterator[Served]:
    """A server with a site."""
    with served(module_database) as running:
        yield running


class Owner:
    """Somebody who asks about a site."""

    def __init__(self, server: Served) -> None:
        self._client = httpx.Client(
            base_url=f"{server.url}/api/v1/websites/{server.site.uuid}", headers={"X-API-KEY": server.user_key}
        )

    def ask(self, method: str, path: str = "", status: int = 200, **body: object) -> Any:  # noqa: ANN401 - any JSON
        """What is answered with this status."""
        answer = self._client.request(method, f"/content{path}", json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json()["data" if status < 400 else "error"]


@pytest.fixture
def owner(server: Served) -> Owner:
    """The site's, whose content was never looked at."""
    with psycopg.connect(server.dsn) as connection:
        connection.execute("TRUNCATE content_issues, content_monitors, jobs")
        connection.execute("UPDATE sites SET content = false")
    return Owner(server)


def test_a_site_that_was_never_checked_has_nothing(owner: Owner) -> None:
    """And is not checked unless it wants to be."""
    assert owner.ask("GET") == {
        "enabled": False,
        "firstPage": "https://example.com/",
        "lastCheckAt": None,
        "lastWholeCheckAt": None,
        "nextWholeCheckAt": None,
        "sawAll": True,
        "problem": None,
        "okCount": 0,
        "underWay": None,
        "messagesPaused": False,
        "messagesPausedUntil": None,
        "issues": [],
    }
    assert "set `content`" in owner.ask("POST", "/check", status=400)["message"]


def test_issues_are_ignored(server: Served, owner: Owner) -> None:
    """And no longer; what is none is 404."""
    with psycopg.connect(server.dsn) as connection:
        number = make_issue(connection, server.site.id, url="https://example.com/gone")
    for ignored in (True, False):
        assert owner.ask("PATCH", f"/issues/{number}", ignored=ignored)["ignored"] is ignored
        (issue,) = owner.ask("GET")["issues"]
        assert (issue["url"], issue["statusCode"], issue["ignored"]) == ("https://example.com/gone", 404, ignored)
    for absent in (str(number + 1), "9999999999", "-1", "x"):
        assert owner.ask("PATCH", f"/issues/{absent}", status=404, ignored=True)["code"] == "NOT_FOUND"
    assert "ignored must be" in owner.ask("PATCH", f"/issues/{number}", status=400, ignored=None)["message"]


def test_it_is_checked_when_somebody_says_so(server: Served, owner: Owner) -> None:
    """Its job is due then, and a whole run."""
    now = SystemClock().now_ms()
    with psycopg.connect(server.dsn) as connection:
        sites.configure(connection, server.site.uuid, {"content": True})
        connection.execute(
            "INSERT INTO content_monitors (site, due_at) VALUES (%s, %s)"
            " ON CONFLICT (site) DO UPDATE SET due_at = excluded.due_at",
            [server.site.id, instant(now + DAY)],
        )
    put(server.dsn, JobKind.CONTENT, [server.site.id], due_at=now + HOUR)
    assert owner.ask("GET")["nextWholeCheckAt"] is not None
    assert owner.ask("POST", "/check", status=202)["nextWholeCheckAt"] is None
    assert [job.due_at < now + HOUR for job, _, _ in found(server.dsn, now) if job.kind is JobKind.CONTENT] == [True]


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2020-01-01T00:00:00Z", "must be in the future"),
        ("2099-01-01T00:00:00", "with its zone"),
        ("soon", "with its zone"),
    ],
)
def test_messages_pause_until_a_time_to_come(owner: Owner, until: str, message: str) -> None:
    """With its zone."""
    refused = owner.ask("PATCH", status=400, messagesPaused=True, messagesPausedUntil=until)
    assert message in refused["message"]


def test_messages_pause(owner: Owner) -> None:
    """Until a time, until they are wanted, no longer."""

    def paused(*, now: bool, end: str | None = None) -> tuple[bool, str | None]:
        shown = owner.ask("PATCH", messagesPaused=now, messagesPausedUntil=end)
        return shown["messagesPaused"], shown["messagesPausedUntil"]

    until = "2099-01-01T00:00:00+02:00"
    assert paused(now=True, end=until) == (True, "2098-12-31T22:00:00.000Z")
    assert paused(now=True) == (True, None)
    assert paused(now=False) == (False, None)
    assert "must be true or false" in owner.ask("PATCH", status=400, messagesPausedUntil=until)["message"]
