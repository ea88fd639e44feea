"""Messages in the store: written in the transaction that decides them, sent later by a job each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from core.jobs import JobKind
from core.messages import Channel, Message, MessageKind
from storage import jobs
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection

    from core.messages import Composed, MessageState


def notify(connection: Connection, site: int, composed: Composed, *, period: str | None = None) -> int:
    """Write the message to everybody who wants this kind of the site, and return to how many. The caller commits.

    Args:
        connection: of the transaction that decided it.
        site: what it is about.
        composed: what is in it.
        period: what a report is of, such as the first day of a week: nobody gets two of one period and kind.
    """
    return connection.execute(load("messages.notify"), {"site": site, "period": period, **_columns(composed)}).rowcount


def send_to(connection: Connection, site: int, recipient: UUID, composed: Composed) -> int | None:
    """Write the message to one recipient of the site, whatever it chose, and return its number. The caller commits.

    None: the site has none with this id, or it has unsubscribed.
    """
    given = {"site": site, "id": recipient, **_columns(composed)}
    row = connection.execute(load("messages.to_recipient"), given).fetchone()
    return None if row is None else int(row[0])


def post(connection: Connection, site: int, composed: Composed, to: tuple[Channel, str], secret: bytes = b"") -> int:
    """Write the message to one address and return its number. The caller commits.

    Args:
        connection: of the transaction that decided it.
        site: what it is about.
        composed: what is in it.
        to: the address, checked.
        secret: what a webhook's message is signed with, as the vault encrypts it.
    """
    channel, address = to
    given = {"site": site, **_columns(composed), "channel": channel, "address": address, "secret_cipher": secret}
    row = connection.execute(load("messages.post"), given).fetchone()
    if row is None:
        raise LookupError("an insert returned no row")
    return int(row[0])


def find(connection: Connection, id_: int) -> Message | None:
    """Return a message; None if there is none with this number, or its site is gone."""
    return next(iter(_all(connection, "messages.find", id=id_)), None)


def listed(connection: Connection, *, state: MessageState | None = None, limit: int) -> list[Message]:
    """Return messages of all sites, those of one state or all, the newest first."""
    return _all(connection, "messages.list", state=state, limit=limit)


def of_site(connection: Connection, site: int, *, limit: int) -> list[Message]:
    """Return messages about a site, the newest first."""
    return _all(connection, "messages.of_site", site=site, limit=limit)


def secret(connection: Connection, id_: int) -> bytes:
    """Return what a message is signed with, as the vault encrypts it; empty: with nothing."""
    row = connection.execute(load("messages.secret"), {"id": id_}).fetchone()
    return b"" if row is None else bytes(row[0])


def sent(connection: Connection, id_: int, now: int) -> None:
    """Note that a message was sent at `now` (ms). The caller commits."""
    connection.execute(load("messages.sent"), {"id": id_, "at": instant(now)})


def failed(connection: Connection, id_: int, error: str) -> None:
    """Note why an attempt failed, after which there will be others. The caller commits."""
    connection.execute(load("messages.failed"), {"id": id_, "error": error})


def give_up(connection: Connection, id_: int, now: int, error: str) -> None:
    """Note at `now` (ms) why a message is not sent any more. The caller commits."""
    connection.execute(load("messages.give_up"), {"id": id_, "at": instant(now), "error": error})


def retry(connection: Connection, ids: Sequence[int], now: int) -> list[int]:
    """Let those that were not sent be sent from `now` (ms) on, as if for the first time; return their numbers.

    The caller commits.
    """
    found = [id_ for (id_,) in connection.execute(load("messages.retry"), {"ids": list(ids)})]
    for id_ in found:
        jobs.make_due(connection, JobKind.DELIVERY, id_, now)
    return sorted(found)


def waiting(connection: Connection) -> int:
    """Return how many messages are to be sent."""
    row = connection.execute(load("messages.waiting")).fetchone()
    return 0 if row is None else int(row[0])


def lost(connection: Connection, *, since: int) -> int:
    """Return how many messages were given up from `since` (ms) on, though somebody wanted them."""
    row = connection.execute(load("messages.lost"), {"since": instant(since)}).fetchone()
    return 0 if row is None else int(row[0])


def forget(connection: Connection, *, sent_before: int, given_up_before: int) -> None:
    """Remove messages that were sent, or given up, before these times (ms). The caller commits."""
    given = {"sent_before": instant(sent_before), "given_up_before": instant(given_up_before)}
    connection.execute(load("messages.forget"), given)


def _all(connection: Connection, name: str, **given: object) -> list[Message]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_message(row) for row in cursor.execute(_statement(name), given)]


def _message(row: dict[str, Any]) -> Message:
    return Message(kind=MessageKind(row.pop("kind")), channel=Channel(row.pop("channel")), **row)


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("messages.columns")))


def _columns(composed: Composed) -> dict[str, object]:
    return {"kind": composed.kind, "title": composed.title, "text": composed.text, "data": Jsonb(dict(composed.data))}
