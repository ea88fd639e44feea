"""`footfall content`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.content import IssueKind
from core.jobs import JobKind
from core.spans import DAY, HOUR
from ops.clock import SystemClock
from storage import accounts, content, sites
from storage.times import instant
from tests.commands import footfall
from tests.issues import make_issue
from tests.ops.jobs.stage import found, put

if TYPE_CHECKING:
    from core.sites import Site


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    """A database with a site that has two issues."""
    with psycopg.connect(module_database) as connection:
        site = sites.insert(connection, account_id=accounts.ensure(connection, "users"), domain="one.example")
        assert site is not None
        content.ensure(connection, site.id)
        make_issue(connection, site.id, url="https://one.example/gone")
        make_issue(connection, site.id, kind=IssueKind.MIXED_CONTENT, url="http://cdn.example/a.png")
    return module_database


def site_of(dsn: str) -> Site:
    """The site."""
    with psycopg.connect(dsn) as connection:
        (site,) = sites.of_account(connection, None)
    return site


def listed(dsn: str, *arguments: str) -> Any:  # noqa: ANN401 - any JSON
    """What a command prints."""
    ended = footfall("content", *arguments, "--json", DATABASE_URL=dsn)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def test_issues_are_listed_and_ignored(dsn: str) -> None:
    """And taken back."""
    broken, mixed = listed(dsn, "issues", "one.example")
    assert (broken["kind"], broken["url"], broken["status_code"], broken["message"], broken["ignored"]) == (
        "broken_link",
        "https://one.example/gone",
        404,
        "Not Found",
        False,
    )
    assert (mixed["kind"], mixed["found_on"]) == ("mixed_content", "https://example.com/")
    number = str(broken["id"])
    for undo, ignored in (((), True), (("--undo",), False)):
        ended = footfall("content", "ignore", "one.example", number, *undo, DATABASE_URL=dsn)
        assert ended.returncode == 0
        assert listed(dsn, "issues", "one.example")[0]["ignored"] is ignored
    nothing = footfall("content", "ignore", "one.example", "99999", DATABASE_URL=dsn)
    assert (nothing.returncode, "there is no issue 99999" in nothing.stderr) == (1, True)


def test_a_check_may_be_asked_for(dsn: str) -> None:
    """Of a site that is checked; its job is due then, and a whole run."""
    refused = footfall("content", "check", "one.example", DATABASE_URL=dsn)
    assert (refused.returncode, "content=true" in refused.stderr) == (2, True)
    site, now = site_of(dsn), SystemClock().now_ms()
    with psycopg.connect(dsn) as connection:
        sites.configure(connection, site.uuid, {"content": True})
        connection.execute("UPDATE content_monitors SET due_at = %s", [instant(now + DAY)])
    put(dsn, JobKind.CONTENT, [site.id], due_at=now + HOUR)
    ended = footfall("content", "check", "one.example", DATABASE_URL=dsn)
    assert (ended.returncode, ended.stdout) == (0, "https://one.example/ is checked now\n")
    (job,) = [job for job, _, _ in found(dsn, now) if job.kind is JobKind.CONTENT]
    assert job.due_at < now + HOUR
    shown = {row["name"]: row["value"] for row in listed(dsn, "status", "one.example")}
    assert (shown["enabled"], shown["next_whole_check"], shown["broken_links"]) == (True, None, 1)


def test_messages_may_be_paused(dsn: str) -> None:
    """Until a time, or until they are wanted."""

    def paused() -> tuple[bool, str | None]:
        shown = {row["name"]: row["value"] for row in listed(dsn, "status", "one.example")}
        return shown["messages_paused"], shown["messages_paused_until"]

    until = f"{instant(SystemClock().now_ms() + 3 * DAY):%Y-%m-%d}"
    assert footfall("content", "pause", "one.example", "--until", until, DATABASE_URL=dsn).returncode == 0
    assert paused() == (True, f"{until}T00:00:00+00:00")
    assert footfall("content", "pause", "one.example", DATABASE_URL=dsn).returncode == 0
    assert paused() == (True, None)
    assert footfall("content", "resume", "one.example", DATABASE_URL=dsn).returncode == 0
    assert paused() == (False, None)
    past = footfall("content", "pause", "one.example", "--until", "2020-01-01", DATABASE_URL=dsn)
    assert (past.returncode, "must be in the future" in past.stderr) == (2, True)
