"""The archive's work killed at every step: nothing is lost, nothing is twice, no half file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.spans import DAY, MINUTE
from storage import import_jobs
from tests.aggregations.archive.killed import bring_in, keep, roll, run_until
from tests.archives import FIRST, Stage, day_of_events, name, some_days

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg_pool import ConnectionPool


@pytest.fixture
def stage(rollup_pool: ConnectionPool, tmp_path: Path) -> Stage:
    """Two days of a site."""
    found = Stage(rollup_pool, tmp_path / "archive")
    found.write(some_days(2))
    return found


@pytest.fixture
def stride(request: pytest.FixtureRequest) -> int:
    """Every step on plain PostgreSQL; with hypertables, where the steps are the same, every third."""
    return 1 if request.node.callspec.params["rollup_store"] == "postgres" else 3


def test_job_killed_at_every_step(stage: Stage, rollup_store: str, stride: int, tmp_path: Path) -> None:
    """A job that dies leaves the day as it was or as it is to be, whatever lies in the folder."""
    step, ended = 0, False
    while not ended:
        step += stride
        ended = run_until(step, roll, rollup_store, tmp_path / "archive", FIRST + 10 * DAY, FIRST)
        stage.assert_right()
    assert step > 20
    assert stage.current() == [(name(0), False)]


def test_archivist_killed_at_every_step(stage: Stage, rollup_store: str, stride: int, tmp_path: Path) -> None:
    """From rows to files, final, to months, without rows: a death at any step changes nothing that is read."""
    now = FIRST + 20 * DAY
    for day in range(2):
        stage.job.roll_day(1, FIRST + day * DAY)
    step, ended = 0, False
    while not ended:
        step += 3 * stride
        ended = run_until(step, keep, rollup_store, tmp_path / "archive", now)
        now += 11 * MINUTE
        stage.assert_right()
    assert stage.current() == [(name(0)[:-3], True)]
    assert stage.rows() == {"events": 0, "event_properties": 0, "sessions": 0}


def test_import_killed_at_every_step(stage: Stage, rollup_store: str, stride: int, tmp_path: Path) -> None:
    """An import into a day without rows is in with all its events or not at all, and the day's own stay."""
    stage.go_to(FIRST + 20 * DAY)
    assert stage.rows()["events"] == 0
    more = [
        event._replace(visitor=event.visitor and event.visitor ^ 1, prev=0)
        for event in day_of_events(FIRST + DAY, 99, count=20)
    ]
    before, step, ended = list(stage.events), 0, False
    while not ended:
        step += 2 * stride
        ended = run_until(step, bring_in, rollup_store, tmp_path / "archive", FIRST + 21 * DAY, FIRST + DAY, more)
        with stage.pool.connection() as connection:
            is_in = bool(import_jobs.days_done(connection, site=1, file_hash=b"killed"))
        stage.events = before + more if is_in else before
        stage.assert_right()
    assert stage.events != before
    stage.go_to(FIRST + 22 * DAY)
    assert stage.rows()["events"] == 0
    stage.assert_right()
