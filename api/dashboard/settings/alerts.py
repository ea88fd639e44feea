"""The section of alerts: what of the last 24 hours is to be told, and how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fastapi.concurrency import run_in_threadpool

from api.dashboard.settings.forms import Checks, Wrong, item_id
from api.dashboard.settings.sections import Fresh, Saved
from core.alerts import MAX_ALERTS, AlertMetric, Operator, amount, check_condition
from core.errors import InvalidInput, NotFound
from core.messages import Channel
from core.recipients import check_address
from storage import alerts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from psycopg_pool import ConnectionPool

    from api.dashboard.settings.forms import Posted
    from api.dashboard.settings.sections import Asking
    from core.alerts import Alert, Condition
    from core.sites import Site
    from storage.alerts import Added, Delivery
    from storage.key_vault import KeyVault

#: The button that takes an alert away.
REMOVE: Final = "remove"
_EMPTY: Final = {"metric": AlertMetric.VISITORS, "operator": Operator.LT, "threshold": "", "email": "", "webhook": ""}


class Listed(NamedTuple):
    """An alert as the list has it."""

    alert: Alert
    title: str
    told: Sequence[Delivery]


class AlertsEditor:
    """Makes, lists and removes alerts. See `Editor`."""

    def __init__(self, pool: ConnectionPool, *, vault: KeyVault) -> None:
        self._pool = pool
        self._vault = vault

    async def show(self, asking: Asking, typed: Posted | None = None) -> Mapping[str, Any]:
        """See `Editor`."""
        return {
            "alerts": await run_in_threadpool(self._list, asking.site),
            "filled": _EMPTY if typed is None else {name: typed.get(name, "") for name in _EMPTY},
            "metrics": [(metric.value, metric.label.capitalize()) for metric in AlertMetric],
            "operators": [(operator.value, operator.label) for operator in Operator],
        }

    async def save(self, asking: Asking, posted: Posted) -> Saved | Fresh:
        """See `Editor`."""
        verb, _, id_ = posted.get("action", "").partition(":")
        if verb == REMOVE:
            await run_in_threadpool(self._remove, asking.site, item_id(id_))
            return Saved("removed")
        checks = Checks()
        condition = checks.field("threshold", "Number", lambda: _condition(posted))
        email = checks.field("email", "Mail", lambda: _address(Channel.EMAIL, posted.get("email", "")))
        webhook = checks.field("webhook", "Webhook", lambda: _address(Channel.WEBHOOK, posted.get("webhook", "")))
        if email == webhook == "":
            checks.errors["email"] = "Say where you want to be told: by mail, or at a webhook."
        checks.done()
        added = await run_in_threadpool(self._add, asking.site, condition, email, webhook)
        if added.secret:
            return Fresh({"made": added.secret, "made_name": _title(added.alert)})
        return Saved("alert")

    def _list(self, site: Site) -> list[Listed]:
        with self._pool.connection() as connection:
            found, told = alerts.of_sites(connection, [site.id]), alerts.deliveries(connection, [site.id])
        return [Listed(alert, _title(alert), told.get(alert.id, ())) for alert in found]

    def _add(self, site: Site, condition: Condition, email: str, webhook: str) -> Added:
        with self._pool.connection() as connection:
            added = alerts.insert(connection, self._vault, site.id, condition, email=email, webhook=webhook)
        if added is None:
            raise Wrong({"": f"This site has {MAX_ALERTS} alerts already: remove one before you add another."})
        return added

    def _remove(self, site: Site, id_: UUID) -> None:
        with self._pool.connection() as connection:
            if not alerts.delete(connection, site.id, id_):
                raise NotFound("This alert was removed already.")


def _condition(posted: Posted) -> Condition:
    """The condition of a form.

    Raises:
        InvalidInput: it is none.
    """
    text = posted.get("threshold", "").strip().replace(",", "")
    try:
        threshold = float(text)
    except ValueError:
        raise InvalidInput("threshold must be a number such as 10") from None
    return check_condition(posted.get("metric", ""), posted.get("operator", ""), threshold)


def _address(channel: Channel, text: str) -> str:
    """A checked address of the channel, '' where nothing was typed.

    Raises:
        InvalidInput: it is none.
    """
    return check_address(channel, text) if text.strip() else ""


def _title(alert: Alert) -> str:
    """`Fewer than 10 visitors`."""
    condition = alert.condition
    return f"{condition.operator.label.capitalize()} {amount(condition.threshold)} {condition.metric.label}"
