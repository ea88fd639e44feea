"""Recipients of sites' messages, in the store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row

from core.errors import InvalidInput
from core.messages import Channel, MessageKind
from core.recipients import CHOICES, MAX_RECIPIENTS, Recipient
from storage import webhook_secrets
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection

    from storage.key_vault import KeyVault


class Added(NamedTuple):
    """A new recipient."""

    recipient: Recipient
    secret: str  #: what a webhook's messages are signed with, to be shown now and never again; '' of a mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A recipient as whoever has the link of a mail sees it."""

    recipient: Recipient
    domain: str  #: of the site


def of_site(connection: Connection, site: int) -> list[Recipient]:
    """Return the recipients of a site, unsubscribed ones too, the oldest first."""
    return [_recipient(row) for row in _rows(connection, "recipients.of_site", site=site)]


def find(connection: Connection, site: int, id_: UUID) -> Recipient | None:
    """Return a site's recipient; None if it has none with this id."""
    return _one(connection, "recipients.find", site=site, id=id_)


def insert(  # noqa: PLR0913 - what a recipient is
    connection: Connection,
    vault: KeyVault,
    site: int,
    *,
    channel: Channel,
    address: str,
    kinds: Sequence[MessageKind],
) -> Added | None:
    """Add a checked address; None if the site is gone. The caller commits.

    Raises:
        InvalidInput: the site has this address already, or `MAX_RECIPIENTS`.
        FootfallError: the secret cannot be encrypted; see `KeyVault.encrypt`.
    """
    connection.execute(load("definitions.hold"), {"site": site})
    others = of_site(connection, site)
    if any((each.channel, each.address) == (channel, address) for each in others):
        raise InvalidInput(f"{address} is told of this website already: change what it is told of, or remove it first")
    if len(others) >= MAX_RECIPIENTS:
        raise InvalidInput(f"this website has {MAX_RECIPIENTS} recipients already: remove one before you add another")
    secret = webhook_secrets.make(connection, vault) if channel is Channel.WEBHOOK else webhook_secrets.NONE
    added = _one(
        connection,
        "recipients.insert",
        site=site,
        channel=channel,
        address=address,
        kinds=list(kinds),
        secret_cipher=secret.cipher,
    )
    return None if added is None else Added(added, secret.text)


def update(connection: Connection, site: int, id_: UUID, *, kinds: Sequence[MessageKind]) -> Recipient | None:
    """Change what it is told of; None if the site has none with this id. The caller commits."""
    return _one(connection, "recipients.update", site=site, id=id_, kinds=list(kinds))


def remove(connection: Connection, site: int, id_: UUID) -> Recipient | None:
    """Take one away and return it; None if the site has none with this id. What waits for it is not sent any more.

    The caller commits.
    """
    return _one(connection, "recipients.remove", site=site, id=id_)


def mailboxes(connection: Connection) -> int:
    """Return how many mailboxes are told of sites, all together."""
    row = connection.execute(load("recipients.mailboxes")).fetchone()
    return 0 if row is None else int(row[0])


def subscription(connection: Connection, token: UUID) -> Subscription | None:
    """Return what a mail's link is about; None if it was taken away, or the site is gone."""
    for row in _rows(connection, "recipients.subscription", token=token):
        domain = row.pop("domain")
        return Subscription(recipient=_recipient(row), domain=domain)
    return None


def unsubscribe(connection: Connection, token: UUID, now: int) -> bool:
    """Send it nothing from `now` (ms) on; False if there is none with this token. The caller commits."""
    given = {"token": token, "at": instant(now)}
    return connection.execute(load("recipients.unsubscribe"), given).rowcount == 1


def resubscribe(connection: Connection, token: UUID) -> bool:
    """Send it again what was chosen for it; False if there is none with this token. The caller commits."""
    return connection.execute(load("recipients.resubscribe"), {"token": token}).rowcount == 1


def _one(connection: Connection, name: str, **given: object) -> Recipient | None:
    return next(map(_recipient, _rows(connection, name, **given)), None)


def _rows(connection: Connection, name: str, **given: object) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_statement(name), given).fetchall()


def _recipient(row: dict[str, Any]) -> Recipient:
    chosen = set(row.pop("kinds"))
    return Recipient(
        channel=Channel(row.pop("channel")), kinds=tuple(kind for kind in CHOICES if kind in chosen), **row
    )


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("recipients.columns")))
