"""The shape of an alert in the Antics API, as it is sent and as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.dialects.instants import to_the_second
from core.alerts import Condition, check_condition, plain
from core.errors import InvalidInput, NotFound
from core.messages import Channel
from core.recipients import check_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.alerts import Alert
    from storage.alerts import Delivery

#: What is said of an alert that is not there, and of one of a site that is not the caller's.
NO_ALERT: Final = "alert not found"


class AlertBody(BaseModel):
    """An alert as it is sent to be made. `webhook` is an extension; one of it and `email` must be there."""

    model_config = ConfigDict(strict=True)

    site_id: int | str
    metric: str
    operator: str
    threshold: float
    email: str | None = None
    webhook: str | None = None


class Wanted(NamedTuple):
    """A checked alert; an address that is '' is none."""

    condition: Condition
    email: str
    webhook: str


def check_alert(body: AlertBody) -> Wanted:
    """Return what is wanted.

    Raises:
        InvalidInput: a field cannot be what was sent; the message names it.
    """
    condition = check_condition(body.metric, body.operator, body.threshold)
    email = _address(Channel.EMAIL, body.email, "email")
    webhook = _address(Channel.WEBHOOK, body.webhook, "webhook")
    if not email and not webhook:
        raise InvalidInput("send an email, or a webhook, to be told at")
    return Wanted(condition, email, webhook)


def alert_id(text: str) -> UUID:
    """The id of an alert.

    Raises:
        NotFound: no alert can have it.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(NO_ALERT) from None


def alert(found: Alert, told: Iterable[Delivery] = ()) -> dict[str, Any]:
    """An alert as it is shown; what comes after `created_at` are extensions."""
    state = found.state
    return {
        "id": str(found.id),
        "site_id": found.site,
        "metric": found.condition.metric.value,
        "operator": found.condition.operator.value,
        "threshold": plain(found.condition.threshold),
        "email": found.email or None,
        "created_at": to_the_second(found.created_at),
        "webhook": found.webhook or None,
        "firing": state.firing_since is not None,
        "firing_since": _instant(state.firing_since),
        "last_value": state.value,
        "last_checked_at": _instant(state.checked_at),
        "last_messages": [_delivery(each) for each in told],
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "channel": one.channel.value,
        "kind": one.kind.value,
        "state": one.state.value,
        "created_at": to_the_second(one.created_at),
        "sent_at": _instant(one.sent_at),
        "attempts": one.attempts,
        "error": one.error or None,
    }


def _address(channel: Channel, text: str | None, field: str) -> str:
    if text is None or not text.strip():
        return ""
    try:
        return check_address(channel, text)
    except InvalidInput as error:
        raise InvalidInput(f"{field}{str(error).removeprefix('address')}") from None


def _instant(ms: int | None) -> str | None:
    return None if ms is None else to_the_second(ms)
