"""Jobs in the store. Whoever runs one holds its advisory lock, over the connection that also notes how it ended.

So nobody can note the end of a job whose lock was lost with its connection.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from core.jobs import LATE, OF_SITES, Job, JobKind, JobState
from storage.locks import LockSpace
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from psycopg import AsyncConnection, Connection

_SPACE: Final = {"space": LockSpace.JOB}
#: So much is kept of what a job failed with, characters.
_ERROR: Final = 1_000


class Counted(NamedTuple):
    """Jobs of one kind in one state."""

    kind: JobKind
    state: JobState
    jobs: int


class Found(NamedTuple):
    """A job, what it is doing, and the domain of the site that it is for; empty if its subject is no site."""

    job: Job
    state: JobState
    domain: str


def is_planned(kind: JobKind) -> bool:
    """Whether there is a statement that says what of a kind there shall be."""
    try:
        load(f"jobs.of_{kind}")
    except FileNotFoundError:
        return False
    return True


async def plan(connection: AsyncConnection, kind: JobKind, now: int) -> int:
    """Make the jobs that are missing, remove those without a subject, and return how many were made."""
    made = await connection.execute(_planning(kind), {**_SPACE, "kind": kind, "now": instant(now)})
    return made.rowcount


async def take(connection: AsyncConnection, most: Mapping[JobKind, int], now: int) -> list[Job]:
    """Take jobs that are due at `now` (ms), at most so many of each kind; their locks are this connection's now."""
    given = {**_SPACE, "kinds": list(most), "most": list(most.values()), "now": instant(now)}
    locked = [id_ for (id_,) in await (await connection.execute(_statement("jobs.take"), given)).fetchall()]
    if not locked:
        return []
    try:
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_statement("jobs.begin"), {"ids": locked, "now": instant(now)})
            begun = [_job(row) for row in await cursor.fetchall()]
    except psycopg.Error:
        if not connection.closed:
            await _release_all(connection, locked)
        raise
    await _release_all(connection, set(locked) - {job.id for job in begun})
    return sorted(begun, key=lambda job: (job.due_at, job.id))


async def succeed(connection: AsyncConnection, job: Job, *, due_at: int | None, now: int) -> None:
    """Note that a job was done and is due again at `due_at` (ms), or not again.

    Raises:
        OverflowError: the calendar does not reach there.
    """
    if due_at is None:
        await connection.execute(load("jobs.remove"), {"id": job.id})
    else:
        given = {"id": job.id, "due_at": instant(due_at), "now": instant(now)}
        await connection.execute(load("jobs.succeed"), given)


async def fail(connection: AsyncConnection, job: Job, error: str, *, due_at: int, now: int) -> None:
    """Note that a job failed, why, and when it is tried again (ms)."""
    text = error.replace("\0", "\\0").encode(errors="replace").decode()[:_ERROR]
    given = {"id": job.id, "due_at": instant(due_at), "now": instant(now), "error": text}
    await connection.execute(load("jobs.fail"), given)


async def release(connection: AsyncConnection, id_: int) -> None:
    """Give the lock of a job back."""
    await connection.execute(load("locks.release"), {**_SPACE, "key": id_})


async def count(connection: AsyncConnection, kinds: Collection[JobKind], now: int) -> list[Counted]:
    """Return how many jobs of some kinds are in each state at `now` (ms); states without one are missing."""
    given = {**_SPACE, "kinds": list(kinds), "now": instant(now), "late": instant(now - LATE)}
    rows = await (await connection.execute(_statement("jobs.count"), given)).fetchall()
    return [Counted(JobKind(kind), JobState(state), jobs) for kind, state, jobs in rows]


def find(connection: Connection, now: int, *, kinds: Collection[JobKind] = tuple(JobKind)) -> list[Found]:
    """Return the jobs of some kinds as they are at `now` (ms), the longest due first."""
    given = {**_SPACE, "kinds": list(kinds), "of_sites": list(OF_SITES)}
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_statement("jobs.find"), given).fetchall()
    found = []
    for row in rows:
        running, domain = row.pop("running"), row.pop("domain")
        job = _job(row)
        found.append(Found(job, job.state(now, running=running), domain or ""))
    return found


def make_due(connection: Connection, kind: JobKind, subject: int, now: int) -> bool:
    """Make a job due at `now` (ms), and again after its run if it runs; False if there is none. The caller commits."""
    given = {"kind": kind, "subject": subject, "now": instant(now)}
    return connection.execute(load("jobs.make_due"), given).rowcount == 1


def retry(connection: Connection, now: int, *, kinds: Collection[JobKind] = tuple(JobKind)) -> int:
    """Make failed jobs of some kinds due at `now` (ms) and return how many. The caller commits."""
    return connection.execute(load("jobs.retry"), {"kinds": list(kinds), "now": instant(now)}).rowcount


async def _release_all(connection: AsyncConnection, ids: Iterable[int]) -> None:
    for id_ in ids:
        await release(connection, id_)


def _job(row: dict[str, Any]) -> Job:
    times = {
        name: None if row[name] is None else millis(row[name])
        for name in ("due_at", "started_at", "ended_at", "succeeded_at")
    }
    return Job(**{**row, **times, "kind": JobKind(row["kind"])})


@cache
def _planning(kind: JobKind) -> sql.Composed:
    subjects, running = sql.SQL(load(f"jobs.of_{kind}")), sql.SQL(load("jobs.running"))
    return sql.SQL(load("jobs.plan")).format(subjects=subjects, running=running)


@cache
def _statement(name: str) -> sql.Composed:
    columns, running = sql.SQL(load("jobs.columns")), sql.SQL(load("jobs.running"))
    return sql.SQL(load(name)).format(columns=columns, running=running)
