"""`footfall jobs`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from core.jobs import JobKind
from core.spans import HOUR, MINUTE
from ops.clock import SystemClock
from storage.locks import LockSpace
from storage.sql import load
from tests.commands import footfall
from tests.ops.jobs.stage import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def installation(module_database: str) -> Iterator[str]:
    """A database with one site, and a job in each state, one of them held by somebody."""
    now = SystemClock().now_ms()
    with psycopg.connect(module_database, autocommit=True) as connection:
        _site(connection)
        put(module_database, JobKind.UPTIME, [1], due_at=now + HOUR)
        put(module_database, JobKind.ALERT, [1], due_at=now)
        put(module_database, JobKind.DELIVERY, [1], due_at=now - 6 * MINUTE)
        put(module_database, JobKind.DOMAIN, [1, 2], due_at=now + HOUR)
        connection.execute("UPDATE jobs SET failures = 3, error = 'nobody answers' WHERE kind = 'domain'")
        (held,) = [job.id for job, _, _ in found(module_database, now) if (job.kind, job.subject) == ("domain", 2)]
        connection.execute(load("locks.try"), {"space": LockSpace.JOB, "key": held})
        yield module_database


def _site(connection: psycopg.Connection) -> None:
    connection.execute("INSERT INTO accounts (name) VALUES ('owner')")
    connection.execute("INSERT INTO sites (account_id, domain) SELECT id, 'one.example' FROM accounts")


def _listed(installation: str, *arguments: str) -> list[dict[str, Any]]:
    ended = footfall("jobs", "list", "--json", *arguments, DATABASE_URL=installation)
    assert (ended.returncode, ended.stderr) == (0, "")
    listed: list[dict[str, Any]] = json.loads(ended.stdout)
    return listed


def _states(*arguments: str, of: str) -> list[tuple[str, int, str]]:
    return [(job["kind"], job["subject"], job["state"]) for job in _listed(of, *arguments)]


def test_lists_jobs_with_what_they_do(installation: str) -> None:
    """All of them, or those of a kind or a state."""
    late, due = ("delivery", 1, "late"), ("alert", 1, "due")
    failed, runs, waits = ("domain", 1, "failed"), ("domain", 2, "running"), ("uptime", 1, "waiting")
    assert [late, due, waits, failed, runs] == _states(of=installation)
    assert [failed, runs] == _states("--kind", "domain", of=installation)
    assert [late, failed] == _states("--state", "failed", "--state", "late", of=installation)
    (job,) = _listed(installation, "--state", "failed")
    assert (job["site"], job["failures"], job["error"]) == ("one.example", 3, "nobody answers")
    table = footfall("jobs", "list", DATABASE_URL=installation).stdout
    assert "nobody answers" in table


def test_a_job_is_made_due(postgres_database: str) -> None:
    """By its number, or by its site."""
    with psycopg.connect(postgres_database) as connection:
        _site(connection)
    for kind in (JobKind.UPTIME, JobKind.DELIVERY):
        put(postgres_database, kind, [1, 2], due_at=SystemClock().now_ms() + HOUR)
    ended = footfall("jobs", "run", "uptime", "one.example", DATABASE_URL=postgres_database)
    assert (ended.returncode, ended.stdout) == (0, "uptime 1 is due now\n")
    ended = footfall("jobs", "run", "delivery", "2", DATABASE_URL=postgres_database)
    assert (ended.returncode, ended.stdout) == (0, "delivery 2 is due now\n")
    states = {
        (job.kind.value, job.subject): state for job, state, _ in found(postgres_database, SystemClock().now_ms())
    }
    expected = {("uptime", 1): "due", ("uptime", 2): "waiting", ("delivery", 1): "waiting", ("delivery", 2): "due"}
    assert expected == states


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("uptime", "7"), 1, "there is no job uptime for 7"),
        (("uptime", "none.example"), 1, "there is no site none.example"),
        (("alert", "one.example"), 2, "'one.example' is no number"),
        (("delivery", "9" * 40), 2, "is no number"),
        (("tea", "1"), 2, "'tea' is not one of"),
    ],
)
def test_what_cannot_be_made_due(installation: str, arguments: tuple[str, ...], status: int, said: str) -> None:
    """The error says what there is."""
    ended = footfall("jobs", "run", *arguments, DATABASE_URL=installation)
    assert ended.returncode == status
    assert said in ended.stderr


def test_failed_jobs_are_tried_again(postgres_database: str) -> None:
    """All of them, or those of a kind; others keep their time."""
    put(postgres_database, JobKind.DOMAIN, range(3), due_at=SystemClock().now_ms() + HOUR)
    put(postgres_database, JobKind.ALERT, range(3), due_at=SystemClock().now_ms() + HOUR)
    with psycopg.connect(postgres_database) as connection:
        connection.execute("UPDATE jobs SET failures = 1 WHERE subject > 0")
    assert footfall("jobs", "retry", "--kind", "alert", DATABASE_URL=postgres_database).stdout == "2 due now\n"
    assert footfall("jobs", "retry", DATABASE_URL=postgres_database).stdout == "2 due now\n"
    states = [(job.subject, state) for job, state, _ in found(postgres_database, SystemClock().now_ms())]
    assert sorted(states) == [(0, "waiting")] * 2 + [(1, "due")] * 2 + [(2, "due")] * 2
