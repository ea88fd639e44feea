"""`footfall dead-letters`: events that were acknowledged and could not be counted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from core.drops import DeadReason
from core.errors import NotFound
from ops import installation
from ops.cli.common import Data, Json, begin, directory_of, epilog, group, log_of, say, show
from ops.cli.exits import Exit
from storage import dead_letters
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.replay import Replayed
    from ops.settings import Settings
    from storage.dead_letters import StoredDeadLetter

app = group("Events that were acknowledged and could not be counted.")

_COLUMNS = ("id", "appended", "log", "partition", "message", "reason", "error", "replayed")
_AT_A_TIME = 500


@app.command("list", epilog=epilog("footfall dead-letters list --limit 20"))
def list_(
    *,
    data: Data = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 1_000,
    everything: Annotated[bool, typer.Option("--all", help="Also those that were replayed.")] = False,
    as_json: Json = False,
) -> None:
    """List dead letters with the reason of each."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = dead_letters.waiting(connection, limit=limit, replayed_too=everything)
    show(_COLUMNS, map(_row, found), as_json=as_json)


@app.command(epilog=epilog("footfall dead-letters replay", "footfall dead-letters replay 17 18"))
def replay(
    *,
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]...", help="Without any: all that wait.")] = None,
    data: Data = None,
) -> None:
    """Count dead letters after all, reason by reason.

    Events that are less than 24 hours old go through the log again; for these a single node has to be running.

    Older ones are written to the database directly, from the third day after theirs on (UTC), if every partition has
    been applied up to there. In between they are left, and the date from which they can be replayed is named.

    Ends with status 4 if some were left; each is named with the reason.
    """
    settings = begin()
    directory = directory_of(settings, data)
    good = left = 0
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        for letters in _pages(connection, ids or None):
            done = asyncio.run(_replay(settings, directory, dsn, letters))
            replayed = [one.id for one in done if not one.problem]
            dead_letters.mark_replayed(connection, replayed, at=_now())
            good += len(replayed)
            left += len(done) - len(replayed)
            for one in sorted(done):
                if one.problem:
                    say(f"{one.id}: {one.problem}")
    if ids and not good + left:
        raise NotFound("none of these dead letters waits: see `footfall dead-letters list`")
    say(f"{good} replayed, {left} left")
    if left:
        raise typer.Exit(Exit.PARTLY)


def _pages(connection: psycopg.Connection, ids: list[int] | None) -> Iterator[list[StoredDeadLetter]]:
    for reason in DeadReason:
        after = 0
        while letters := dead_letters.waiting(connection, after=after, limit=_AT_A_TIME, ids=ids, reason=reason):
            after = letters[-1].id
            yield letters


async def _replay(settings: Settings, data: Path | None, dsn: str, letters: list[StoredDeadLetter]) -> list[Replayed]:
    from ops import replay as ways
    from ops.archives import archive_of_command
    from ops.wiring.commands import rollup_job
    from storage.pool import open_async_pool, open_pool

    now = _now()
    plan = ways.make_plan(letters, now=now)
    done = plan.kept
    if plan.past:
        archive = archive_of_command(settings, data)
        with open_pool(dsn, size=2, name="footfall thaw") as blocking:
            job = rollup_job(blocking, archive)
            async with await open_async_pool(dsn, size=1, name="footfall replay") as pool:
                done += await ways.count_past(pool, plan.past, now=now, thaw=job.thaw)
    if plan.young:
        async with log_of(settings, data) as log:
            done += await ways.send(log, plan.young)
    return done


def _now() -> int:
    from ops.clock import SystemClock

    return SystemClock().now_ms()


def _row(stored: StoredDeadLetter) -> tuple[object, ...]:
    letter = stored.letter
    replayed = None if stored.replayed_at is None else instant(stored.replayed_at).isoformat(timespec="seconds")
    return (
        stored.id,
        instant(letter.appended_at).isoformat(timespec="seconds"),
        letter.log,
        letter.partition,
        letter.message,
        letter.reason.value,
        letter.error,
        replayed,
    )
