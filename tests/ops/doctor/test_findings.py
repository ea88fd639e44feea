"""What is said of each thing that is looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from core.jobs import Job, JobKind, JobState
from core.spans import DAY, HOUR, MINUTE, SECOND
from ops.doctor import broker, choices, database, disk, due_jobs
from ops.doctor.finding import Finding, Verdict
from ops.settings import Settings
from storage.condition import Condition
from storage.jobs import Found
from streams.kafka.lag import PartitionLag
from streams.kafka.offsets import PartitionOffsets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOW = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()) * SECOND
WELL = Condition(
    postgres="17.12 (Debian)",
    timescaledb="2.19.3",
    clock=NOW + 20,
    size=3_000_000_000,
    connections=20,
    most_connections=100,
    old_salts=0,
    dead_letters=0,
    late_hour=None,
    scheduled=True,
)


def _not_well(found: Iterable[Finding]) -> set[tuple[str, Verdict]]:
    return {(finding.subject, finding.verdict) for finding in found if finding.verdict is not Verdict.OK}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"postgres": "13.9"}, {("database", Verdict.WRONG)}),
        ({"clock": NOW + 6 * SECOND}, {("clock", Verdict.LOOK)}),
        ({"clock": NOW - 61 * SECOND}, {("clock", Verdict.WRONG)}),
        ({"old_salts": 1}, {("salts", Verdict.WRONG)}),
        ({"scheduled": False}, {("scheduler", Verdict.WRONG)}),
        ({"late_hour": NOW - 3 * HOUR}, {("rollups", Verdict.LOOK)}),
        ({"dead_letters": 3}, {("dead letters", Verdict.LOOK)}),
        ({"connections": 80}, {("connections", Verdict.LOOK)}),
    ],
)
def test_a_database_is_judged(change: dict[str, Any], expected: set[tuple[str, Verdict]]) -> None:
    """One thing that is not well is one finding that is not ok."""
    assert expected == _not_well(database.of_condition(WELL._replace(**change), now=NOW, running=True))


def test_a_server_that_does_not_run_needs_no_scheduler() -> None:
    """A database that was started for the question alone has none at work."""
    assert set() == _not_well(database.of_condition(WELL._replace(scheduled=False), now=NOW, running=False))


def test_policies_of_timescaledb_are_wrong() -> None:
    """Each is named with its table."""
    assert Verdict.OK is database.of_policies([]).verdict
    found = database.of_policies([("policy_retention", "events")])
    assert (found.verdict, "policy_retention on events" in found.seen) == (Verdict.WRONG, True)


@pytest.mark.parametrize(
    ("days", "expected"), [(None, Verdict.OK), (7, Verdict.OK), (9, Verdict.OK), (10, Verdict.LOOK)]
)
def test_rows_that_stay_too_long_are_noticed(days: int | None, expected: Verdict) -> None:
    """Two days after they were due."""
    oldest = None if days is None else NOW - days * DAY
    assert expected is database.of_rows(oldest, now=NOW, retention_days=7).verdict


@pytest.mark.parametrize(
    ("settings", "cluster", "expected"),
    [
        ({}, False, set()),
        ({"public_url": "https://stats.example.com"}, False, {"proxy"}),
        ({"public_url": "https://stats.example.com", "trusted_proxies": ("10.0.0.1",)}, False, set()),
        ({"host": "0.0.0.0"}, False, {"public address"}),  # noqa: S104 - not bound
        ({"rate_limits": "off"}, False, {"limits"}),
        ({}, True, {"secret", "archive"}),
        ({"secret_key": "x" * 32, "ARCHIVE_URL": "/shared"}, True, set()),
    ],
)
def test_settings_are_judged(settings: dict[str, Any], cluster: bool, expected: set[str]) -> None:  # noqa: FBT001
    """What was perhaps not meant is said, and nothing else."""
    found = choices.of_settings(Settings(**settings), cluster=cluster)
    assert {(subject, Verdict.LOOK) for subject in expected} == _not_well(found)


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.5, Verdict.OK), (90.0, Verdict.LOOK), (HOUR / SECOND, Verdict.WRONG)]
)
def test_lag_is_judged_by_the_oldest_message(seconds: float, expected: Verdict) -> None:
    """Whatever the other partitions have."""
    lags = [PartitionLag(0, 2, seconds), PartitionLag(1, 0, 0.0)]
    assert expected is broker.of_lag(lags).verdict


@pytest.mark.parametrize(
    ("position", "expected"), [(5, Verdict.OK), (10, Verdict.OK), (2, Verdict.WRONG), (11, Verdict.WRONG)]
)
def test_positions_outside_the_log_are_wrong(position: int, expected: Verdict) -> None:
    """Such a partition is stopped."""
    assert expected is broker.of_positions([PartitionOffsets(0, position, 3, 10, None)]).verdict


def test_room_is_measured_where_the_folder_will_be(tmp_path: Path) -> None:
    """A folder that is not there yet lies on the disk of the nearest that is."""
    here, there = disk.of_folder("disk", tmp_path), disk.of_folder("disk", tmp_path / "a" / "b")
    assert here.verdict is there.verdict
    assert str(tmp_path / "a" / "b") in there.seen


def test_minutes_are_shown_of_a_lag() -> None:
    """So that nobody has to divide."""
    assert "since 2 min" in broker.of_lag([PartitionLag(0, 1, 2 * MINUTE / SECOND)]).seen


@pytest.mark.parametrize(
    ("states", "running", "expected"),
    [
        ("", True, set()),
        ("waiting due running", True, set()),
        ("waiting late", True, {("jobs", Verdict.LOOK)}),
        ("waiting late", False, set()),
        ("waiting failed", False, {("jobs", Verdict.LOOK)}),
    ],
)
def test_jobs_are_judged(states: str, running: bool, expected: set[tuple[str, Verdict]]) -> None:  # noqa: FBT001 - a case
    """None should be late while somebody should run them, and none should have failed."""
    found = [Found(Job(1, JobKind.UPTIME, 1, NOW), JobState(state), "one.example") for state in states.split()]
    assert expected == _not_well([due_jobs.of_jobs(found, running=running)])
