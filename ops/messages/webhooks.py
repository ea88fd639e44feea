"""Messages as webhooks: JSON that is posted, and signed with a secret that the receiver has too."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from core.spans import SECOND
from ops.messages.failures import NeverSent, NotSent
from ops.outbound.answer import Bounds
from ops.outbound.errors import Forbidden, OutboundError
from storage.times import instant

if TYPE_CHECKING:
    from core.clock import Clock
    from core.messages import Message
    from ops.outbound.client import Outbound

SIGNATURE: Final = "X-Footfall-Signature"
_BOUNDS: Final = Bounds(seconds=15, bytes=10_000)
SWITCHED_OFF: Final = "outward requests are switched off: FOOTFALL_OUTBOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """Posts messages. The client is open as long as this is used."""

    outbound: Outbound
    clock: Clock

    async def send(self, message: Message, secret: bytes) -> str:
        """Post a message, signed unless there is no secret, and return what was answered.

        Raises:
            NotSent: the receiver cannot be reached or does not take it.
            NeverSent: the receiver has gone for good (410), or nothing may be sent there.
        """
        content = body(message)
        headers = {
            "Content-Type": "application/json",
            "X-Footfall-Id": str(message.uuid),
            "X-Footfall-Event": message.kind.value,
        }
        if secret:
            headers[SIGNATURE] = sign(content, secret, self.clock.now_ms() // SECOND)
        try:
            answer = await self.outbound.ask(
                message.address, method="POST", headers=headers, body=content, bounds=_BOUNDS, follow=False
            )
        except Forbidden as error:
            raise NeverSent(str(error)) from error
        except OutboundError as error:
            raise NotSent(str(error)) from error
        said = f"the receiver answered {answer.status}"
        if answer.status == HTTPStatus.GONE:
            raise NeverSent(f"{said}: it wants no more")
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            redirected = HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST
            raise NotSent(f"{said}: redirects are not followed" if redirected else said)
        return said


class NoWebhooks:
    """Stands in where nothing is to be asked of others."""

    async def send(self, _message: Message, _secret: bytes) -> str:
        """Send nothing.

        Raises:
            NeverSent: always.
        """
        raise NeverSent(SWITCHED_OFF)


def body(message: Message) -> bytes:
    """Return what is posted: JSON in UTF-8, always the same of one message."""
    told = {
        "id": str(message.uuid),
        "type": message.kind.value,
        "site": {"id": str(message.site), "domain": message.domain},
        "created_at": instant(message.created_at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "title": message.title,
        "text": message.text,
        "data": message.data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sign(content: bytes, secret: bytes, at: int) -> str:
    """Return the header by which a receiver knows who sent what was posted, and when.

    Args:
        content: what is posted.
        secret: what the receiver was told when it was added.
        at: seconds since 1970 UTC.

    Returns:
        `t=AT,v1=HEX`, with HMAC-SHA256 of the time, a full stop and the content.
    """
    signed = b"%d.%b" % (at, content)
    return f"t={at},v1={hmac.new(secret, signed, sha256).hexdigest()}"
