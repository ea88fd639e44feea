"""`footfall dead-letters`: events that were acknowledged and could not be counted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import psycopg
import typer

from core.errors import NotFound
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.exits import Exit
from storage import dead_letters
from storage.times import instant

if TYPE_CHECKING:
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
    everything: Annotated[bool, typer.Option("--all", help="Also those that were sent again.")] = False,
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
    """Send dead letters through the log again, as long as their events are less than a day old.

    A single node has to be running. Ends with status 4 if some could not be sent; they keep waiting.
    """
    settings = begin()
    cluster = data is None and bool(settings.database_url)
    sent = failed = after = 0
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        while letters := dead_letters.waiting(connection, after=after, limit=_AT_A_TIME, ids=ids or None):
            after = letters[-1].id
            done = asyncio.run(_replay(settings, None if cluster else data or settings.data, letters))
            good = [one.id for one in done if not one.problem]
            dead_letters.mark_replayed(connection, good, at=_now())
            sent += len(good)
            failed += len(done) - len(good)
            for one in done:
                if one.problem:
                    say(f"{one.id}: {one.problem}")
    if ids and not sent + failed:
        raise NotFound("none of these dead letters waits: see `footfall dead-letters list`")
    say(f"{sent} sent again, {failed} left")
    if failed:
        raise typer.Exit(Exit.PARTLY)


async def _replay(settings: Settings, data: Path | None, letters: list[StoredDeadLetter]) -> list[Replayed]:
    from ops.replay import replay as send

    if data is None:
        from ops.wiring import cluster

        opened = cluster.event_log(settings, cluster.topic_of(settings))
    else:
        from ops.wiring import node

        opened = node.event_log(data)
    async with opened as log:
        return await send(log, letters, now=_now())


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
