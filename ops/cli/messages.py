"""`footfall messages`: mails and webhooks on their way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import psycopg
import typer

from core.errors import NotFound
from core.messages import Channel, Message, MessageKind, MessageState
from core.recipients import check_address
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.exits import Exit
from ops.clock import SystemClock
from storage import messages
from storage.times import instant

if TYPE_CHECKING:
    from ops.settings import Settings

app = group("Mails and webhooks: what waits, was sent, or was given up.")

_COLUMNS = ("id", "state", "site", "kind", "channel", "address", "created", "attempts", "ended", "error", "title")


@app.command("list", epilog=epilog("footfall messages list --state failed", "footfall messages list --json"))
def list_(
    *,
    state: Annotated[MessageState | None, typer.Option(help="Only those.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """List messages, the newest first, with why the last attempt failed.

    What waits is sent within seconds, or tried again for about two days. What was sent stays for 30 days, what failed
    for 90.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = messages.listed(connection, state=state, limit=limit)
    show(_COLUMNS, map(_row, found), as_json=as_json)


@app.command(epilog=epilog("footfall messages retry 17 18"))
def retry(
    *, ids: Annotated[list[int], typer.Argument(metavar="ID...", help="See the list.")], data: Data = None
) -> None:
    """Send messages that wait or failed at once, as if for the first time.

    Ends with status 4 if some of them were sent already, or are not there.
    """
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = messages.retry(connection, ids, SystemClock().now_ms())
    if not found:
        raise NotFound("none of these messages waits or failed: see `footfall messages list`")
    say(f"{len(found)} will be sent again")
    if len(found) < len(set(ids)):
        raise typer.Exit(Exit.PARTLY)


@app.command(epilog=epilog("footfall messages test ada@example.com"))
def test(*, address: Annotated[str, typer.Argument(help="Of a mailbox of yours.")]) -> None:
    """Hand a mail to the SMTP server of the settings now, and print what it says."""
    settings = begin()
    said = asyncio.run(_send(settings, check_address(Channel.EMAIL, address)))
    say(f"the mail server took it: {said}")


async def _send(settings: Settings, address: str) -> str:
    from ops.wiring.messages import mailer

    message = Message(
        id=0,
        uuid=uuid4(),
        site=uuid4(),
        domain="",
        kind=MessageKind.TEST,
        channel=Channel.EMAIL,
        address=address,
        token=None,
        wanted=True,
        title="Footfall: a test",
        text="Mails of Footfall arrive here.",
        data={},
        created_at=SystemClock().now_ms(),
        attempts=0,
        sent_at=None,
        given_up_at=None,
        error="",
    )
    return await mailer(settings).send(message, b"")


def _row(message: Message) -> tuple[object, ...]:
    ended = message.sent_at or message.given_up_at
    return (
        message.id,
        message.state.value,
        message.domain,
        message.kind.value,
        message.channel.value,
        message.address,
        instant(message.created_at).isoformat(timespec="seconds"),
        message.attempts,
        None if ended is None else instant(ended).isoformat(timespec="seconds"),
        message.error,
        message.title,
    )
