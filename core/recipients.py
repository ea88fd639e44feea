"""Recipients: who is told of a site, where, and of what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.messages import Channel, MessageKind
from core.urls import check_http_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

#: Of one site.
MAX_RECIPIENTS: Final = 20
#: What a recipient may choose, in the order in which it is shown.
CHOICES: Final = (
    MessageKind.MONITOR_DOWN,
    MessageKind.MONITOR_UP,
    MessageKind.MONITOR_PAUSED,
    MessageKind.CERTIFICATE_EXPIRING,
    MessageKind.DOMAIN_EXPIRING,
    MessageKind.CONTENT_ISSUES,
    MessageKind.INSIGHTS,
    MessageKind.WEEKLY_REPORT,
    MessageKind.MONTHLY_REPORT,
)
#: RFC 5321: 64 octets before the @, 254 altogether.
_MAX_LOCAL: Final = 64
_MAX_EMAIL: Final = 254
#: The plain form of an address: no quotes, no comments, no addresses of routes.
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
#: What begins an encoded word, which may have line ends in it (RFC 2047).
_ENCODED: Final = "=?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One address of a site. Times are ms since 1970 UTC."""

    id: UUID
    site: int
    channel: Channel
    address: str
    kinds: tuple[MessageKind, ...]  #: in the order of `CHOICES`
    created_at: int
    unsubscribed_at: int | None  #: None: it gets them


def check_channel(text: str) -> Channel:
    """Return the channel of this name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return Channel(text)
    except ValueError:
        raise InvalidInput(f"channel must be one of {', '.join(Channel)}") from None


def check_address(channel: Channel, text: str) -> str:
    """Return an address of the channel in one form: a mailbox, or the URL of a webhook.

    Raises:
        InvalidInput: it is no address of a mailbox in its plain form; see `check_http_url` for others.
    """
    address = text.strip()
    return _email(address) if channel is Channel.EMAIL else check_http_url(address, "address")


def check_kinds(given: Sequence[str]) -> tuple[MessageKind, ...]:
    """Return what was chosen, each once, in the order of `CHOICES`.

    Raises:
        InvalidInput: nothing was, or something that cannot be.
    """
    wrong = [kind for kind in given if kind not in CHOICES]
    if wrong or not given:
        said = f"{wrong[0][:64]!r} is no kind of message that can be chosen" if wrong else "kinds is empty"
        raise InvalidInput(f"{said}: choose at least one of {', '.join(CHOICES)}")
    return tuple(kind for kind in CHOICES if kind in given)


def _email(address: str) -> str:
    local = address.partition("@")[0]
    is_plain = _EMAIL.fullmatch(address) and _ENCODED not in address
    if len(local) > _MAX_LOCAL or len(address) > _MAX_EMAIL or not is_plain:
        raise InvalidInput(
            "address must be an e-mail address of plain letters, such as name@example.com, without a display name, at"
            f" most {_MAX_EMAIL} characters"
        )
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
