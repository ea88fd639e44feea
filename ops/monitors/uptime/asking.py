"""One look at a site: whether it is up, and the certificate that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from core.certificates import Presented
from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError, TlsFailed
from ops.outbound.wording import phrase

if TYPE_CHECKING:
    from ops.outbound.answer import Certificate
    from ops.outbound.client import Outbound

#: What an answer may cost; what is beyond of a page tells nothing more.
BOUNDS: Final = Bounds(seconds=20, bytes=100_000, redirects=5)
#: Statuses from here on are errors.
_ERRORS: Final = 400


class Look(NamedTuple):
    """What was seen."""

    status: int | None  #: after redirects; None: nothing was answered
    error: str  #: why the site counts as down; '' if it is up
    certificate: Presented | None  #: None: none was shown


async def look(outbound: Outbound, url: str, bounds: Bounds = BOUNDS) -> Look:
    """Ask for an address; what keeps it from being answered is what was seen too."""
    try:
        answer = await outbound.ask(url, bounds=bounds)
    except OutboundError as error:
        shown = error.certificate if isinstance(error, TlsFailed) else None
        return Look(None, str(error), _presented(shown))
    return Look(
        answer.status, _words(answer.status) if answer.status >= _ERRORS else "", _presented(answer.certificate)
    )


def _words(status: int) -> str:
    words = phrase(status)
    return f"{status} {words}" if words else f"Status {status}"


def _presented(shown: Certificate | None) -> Presented | None:
    return None if shown is None else Presented(shown.expires_at, shown.valid, shown.problem)
