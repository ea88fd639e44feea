"""A process that does the archive's work and kills itself at a step: around a statement, a sync or a commit."""

from __future__ import annotations

import multiprocessing
import os
import signal
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final

import psycopg

from aggregations.imports import FileDay, import_day
from aggregations.job import RollupJob
from core.telemetry import NoTelemetry
from ops.archivist import Archivist
from storage.archive.folder import Folder
from storage.pool import open_pool
from tests.clocks import SetClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from core.events import Event

#: Forked from a process that has loaded all of this and has no threads.
_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def run_until(step: int, work: Callable[..., None], *arguments: object) -> bool:
    """Let a process do `work` and kill itself at its step; whether it ended before that step came."""
    process = _FORKS.Process(target=_killed_at, args=(step, work, arguments))
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


def roll(dsn: str, folder: Path, now: int, day: int) -> None:
    """Roll up a day of site 1 and write its files."""
    with open_pool(dsn, size=2) as pool:
        _job(pool, folder, now).roll_day(1, day, force=True)


def keep(dsn: str, folder: Path, now: int) -> None:
    """Do what the archivist does."""
    with open_pool(dsn, size=3) as pool:
        job = _job(pool, folder, now)
        clock = job.clock
        assert isinstance(clock, SetClock)
        archivist = Archivist(
            pool=pool, job=job, store=Folder(folder), clock=clock, telemetry=NoTelemetry(), retention_days=4
        )
        for _ in range(3):
            archivist.work(Flag())
            clock.pass_seconds(700)


def bring_in(dsn: str, folder: Path, now: int, day: int, events: Sequence[Event]) -> None:
    """Import a day into site 1."""
    with open_pool(dsn, size=2) as pool:
        import_day(pool, _job(pool, folder, now), FileDay(1, b"killed", day), events)


def _job(pool: Any, folder: Path, now: int) -> RollupJob:  # noqa: ANN401 - a pool
    return RollupJob(pool=pool, clock=SetClock(now), telemetry=NoTelemetry(), archive=Folder(folder))


def _killed_at(step: int, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(owner: Any, name: str, *, after: bool = False) -> None:  # noqa: ANN401 - a class or a module
        original = getattr(owner, name)

        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes
            count()
            result = original(*args, **kwargs)
            if after:
                count()
            return result

        setattr(owner, name, call)

    counted(psycopg.Connection, "execute")
    counted(psycopg.Cursor, "copy")
    counted(psycopg.Connection, "commit", after=True)
    counted(psycopg.Transaction, "__exit__", after=True)
    counted(os, "fsync")
    counted(Folder, "put", after=True)
    counted(Folder, "remove", after=True)
    work(*arguments)
