"""`footfall recipients`: who is told of a site, where and of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import psycopg
import typer

from core.errors import NotFound
from core.messages import Channel
from core.recipients import CHOICES, check_address, check_kinds
from ops import installation
from ops.cli.common import Data, Json, begin, epilog, group, say, show
from ops.cli.site_settings import site_of
from storage import recipients
from storage.times import instant

if TYPE_CHECKING:
    from core.recipients import Recipient

app = group("Who is told of a site, by mail or webhook.")

_COLUMNS = ("id", "channel", "address", "kinds", "added", "unsubscribed")
SiteName = Annotated[str, typer.Argument(metavar="SITE", help="Domain or id of the site.")]


@app.command("list", epilog=epilog("footfall recipients list example.com"))
def list_(*, site: SiteName, data: Data = None, as_json: Json = False) -> None:
    """List the recipients of a site, the oldest first."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        found = recipients.of_site(connection, site_of(connection, site).id)
    show(_COLUMNS, map(_row, found), as_json=as_json)


@app.command(
    epilog=epilog(
        "footfall recipients add example.com ada@example.com --kind monitor_down --kind monitor_up",
        "footfall recipients add example.com https://example.com/hook --kind insights",
    )
)
def add(
    *,
    site: SiteName,
    address: Annotated[str, typer.Argument(help="A mailbox, or the URL of a webhook.")],
    kind: Annotated[
        list[str], typer.Option("--kind", help=f"Of what: {', '.join(CHOICES)}. May be given several times.")
    ],
    data: Data = None,
) -> None:
    """Tell an address of a site.

    Of a webhook the secret is printed that its messages are signed with; it is never shown again.
    """
    settings = begin()
    channel = Channel.WEBHOOK if "://" in address else Channel.EMAIL
    checked, kinds = check_address(channel, address), check_kinds(kind)
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        vault, number = installation.vault(settings, data=data), site_of(connection, site).id
        added = recipients.insert(connection, vault, number, channel=channel, address=checked, kinds=kinds)
        if added is None:
            raise NotFound(f"there is no site {site}: see `footfall sites list`")
    say(f"added {added.recipient.id}")
    if added.secret:
        say(f"its messages are signed with {added.secret}")


@app.command(epilog=epilog("footfall recipients remove example.com 9b2d7c54-2c0e-4a55-8f43-0f6f9f1d3c2a"))
def remove(
    *,
    site: SiteName,
    recipient: Annotated[UUID, typer.Argument(metavar="ID", help="See the list.")],
    data: Data = None,
) -> None:
    """Tell a recipient nothing any more."""
    settings = begin()
    with installation.database(settings, data=data) as dsn, psycopg.connect(dsn) as connection:
        removed = recipients.remove(connection, site_of(connection, site).id, recipient)
    if removed is None:
        raise NotFound(f"{site} has no recipient {recipient}: see `footfall recipients list {site}`")
    say(f"removed {removed.address}")


def _row(recipient: Recipient) -> tuple[object, ...]:
    ended = recipient.unsubscribed_at
    return (
        recipient.id,
        recipient.channel.value,
        recipient.address,
        ", ".join(recipient.kinds),
        instant(recipient.created_at).isoformat(timespec="seconds"),
        None if ended is None else instant(ended).isoformat(timespec="seconds"),
    )
