"""Reading goes on while files are written, replaced and removed, and rows leave and come back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from aggregations.imports import FileDay, import_day
from core.errors import Unavailable
from core.spans import DAY, HOUR, MINUTE
from storage.archive import retention
from tests.archives import FIRST, Stage, some_days
from tests.cases import event_at

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg_pool import ConnectionPool


def test_readers_see_everything_once(rollup_pool: ConnectionPool, tmp_path: Path) -> None:
    """Whenever somebody reads, every event and session is there, and once; new ones with their import's commit."""
    with rollup_pool.connection() as connection:
        if retention.has_hypertables(connection):
            pytest.skip("a chunk is dropped ten minutes after nobody needs it; here these pass in a moment")
    stage = Stage(rollup_pool, tmp_path / "archive")
    stage.write(some_days(3))
    failures: list[BaseException] = []
    reads = 0
    ended, pause = threading.Event(), threading.Lock()

    def read() -> None:
        nonlocal reads
        while not ended.is_set():
            try:
                with pause:
                    stage.assert_right()
                reads += 1
            except Unavailable:
                continue  # ten minutes of the archive's clock have passed since it asked for the files
            except BaseException as error:  # noqa: BLE001 - told by the test
                failures.append(error)
                return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for hour in range(24, 240, 8):
            stage.go_to(FIRST + hour * HOUR)
        for number in range(3):
            late = event_at(FIRST + DAY + number * HOUR, 7, person=70 + number)
            with pause:
                import_day(stage.pool, stage.job, FileDay(1, b"%d" % number, FIRST + DAY), [late])
                stage.events += [late]
            stage.job.roll_day(1, FIRST + DAY, force=True)
            stage.go_to(FIRST + (11 + number) * DAY + MINUTE)
    finally:
        ended.set()
        reader.join()
    assert failures == []
    assert reads > 3
    assert stage.rows()["events"] == 0
    stage.assert_right()
