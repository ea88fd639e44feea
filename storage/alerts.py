"""Alerts in the store."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row

from core.alerts import MAX_ALERTS, Alert, AlertMetric, AlertState, Condition, Operator
from core.messages import Channel, MessageKind, state_of
from storage import webhook_secrets
from storage.sql import load
from storage.times import instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from psycopg import Connection

    from core.messages import MessageState
    from storage.key_vault import KeyVault


class Added(NamedTuple):
    """A new alert."""

    alert: Alert
    secret: str  #: what its webhook's messages are signed with, to be shown now and never again; '' without a webhook


class Held(NamedTuple):
    """An alert that nobody else changes now."""

    alert: Alert
    secret_cipher: bytes  #: of its webhook, as the vault encrypted it


class Delivery(NamedTuple):
    """What became of a message about an alert. Times are ms since 1970 UTC."""

    channel: Channel
    kind: MessageKind
    created_at: int
    attempts: int
    sent_at: int | None
    given_up_at: int | None
    error: str  #: of the last attempt

    @property
    def state(self) -> MessageState:
        """How far it is."""
        return state_of(sent_at=self.sent_at, given_up_at=self.given_up_at)


def of_sites(connection: Connection, sites: Sequence[int]) -> list[Alert]:
    """Return the alerts of these sites, the oldest first."""
    return [_alert(row) for row in _rows(connection, "alerts.of_sites", sites=list(sites))]


def find(connection: Connection, id_: UUID) -> Alert | None:
    """Return the alert, or None if there is none or its site is gone."""
    return next(map(_alert, _rows(connection, "alerts.find", id=id_)), None)


def hold(connection: Connection, number: int) -> Held | None:
    """Return the alert of a job, None if it is gone; nobody else changes it before the transaction ends."""
    for row in _rows(connection, "alerts.hold", number=number):
        cipher = bytes(row.pop("secret_cipher"))
        return Held(_alert(row), cipher)
    return None


def insert(  # noqa: PLR0913 - what an alert is
    connection: Connection, vault: KeyVault, site: int, condition: Condition, *, email: str = "", webhook: str = ""
) -> Added | None:
    """Make an alert with checked addresses; None if the site is gone, or has `MAX_ALERTS`. The caller commits.

    Raises:
        FootfallError: the secret cannot be encrypted; see `KeyVault.encrypt`.
    """
    secret = webhook_secrets.make(connection, vault) if webhook else webhook_secrets.NONE
    connection.execute(load("definitions.hold"), {"site": site})
    given = {"site": site, **condition._asdict(), "email": email, "webhook": webhook, "secret_cipher": secret.cipher}
    made = next(map(_alert, _rows(connection, "alerts.insert", **given, most=MAX_ALERTS)), None)
    return None if made is None else Added(made, secret.text)


def delete(connection: Connection, site: int, id_: UUID) -> bool:
    """Take a site's alert away; False if it has none with this id. The caller commits."""
    return connection.execute(load("alerts.delete"), {"site": site, "id": id_}).rowcount == 1


def settle(connection: Connection, number: int, state: AlertState) -> None:
    """Note how an alert stands. The caller commits."""
    times = {
        name: None if (at := getattr(state, name)) is None else instant(at)
        for name in ("checked_at", "firing_since", "told_at")
    }
    given = {"number": number, "value": state.value, "is_told": state.is_told, **times}
    connection.execute(load("alerts.settle"), given)


def deliveries(connection: Connection, sites: Sequence[int]) -> dict[UUID, list[Delivery]]:
    """Return what became of the last message about each alert of these sites, one for each way it goes."""
    found: dict[UUID, list[Delivery]] = {}
    for id_, channel, kind, *rest in connection.execute(load("alerts.deliveries"), {"sites": list(sites)}):
        found.setdefault(id_, []).append(Delivery(Channel(channel), MessageKind(kind), *rest))
    return found


def _rows(connection: Connection, name: str, **given: object) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_statement(name), given).fetchall()


def _alert(row: dict[str, Any]) -> Alert:
    condition = Condition(AlertMetric(row.pop("metric")), Operator(row.pop("operator")), row.pop("threshold"))
    state = AlertState(**{name: row.pop(name) for name in AlertState._fields})
    return Alert(condition=condition, state=state, **row)


@cache
def _statement(name: str) -> sql.Composed:
    return sql.SQL(load(name)).format(columns=sql.SQL(load("alerts.columns")))
