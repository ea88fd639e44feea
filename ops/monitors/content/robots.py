"""What a site's robots.txt lets us read (RFC 9309), and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protego import Protego
from yarl import URL

from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError

if TYPE_CHECKING:
    from ops.outbound.client import Outbound

#: By which name a robots.txt may speak to us.
NAME: Final = "Footfall"
#: What is beyond is not read; RFC 9309 asks for at least so much.
_BOUNDS: Final = Bounds(bytes=500 * 1_024)
#: The longest pause between two requests that a robots.txt may ask for, s.
_LONGEST_PAUSE: Final = 10.0
_NOT_NOW: Final = 500
_TOO_MANY: Final = 429
_ABSENT: Final = 400


class Rules:
    """What may be read. Without rules, all of it."""

    def __init__(self, text: str = "") -> None:
        self._rules = Protego.parse(text)

    def allow(self, url: str) -> bool:
        """Whether an address of the site may be read."""
        return self._rules.can_fetch(url, NAME)

    @property
    def pause(self) -> float:
        """How long to wait between two requests, s; 0 if nothing is said, 10 at most."""
        return min(self._rules.crawl_delay(NAME) or 0.0, _LONGEST_PAUSE)


async def fetch_robots(outbound: Outbound, url: str) -> str:
    """Return the robots.txt of the server at `url`; '' if it has none.

    Raises:
        OutboundError: it cannot be known what may be read: it does not answer, or says that it cannot now. Nothing may
            be read then.
    """
    answer = await outbound.ask(str(URL(url).with_path("/robots.txt")), bounds=_BOUNDS)
    if answer.status >= _NOT_NOW or answer.status == _TOO_MANY:
        raise OutboundError(f"robots.txt answers {answer.status}, so nothing may be read now")
    # NUL is no character of a text in the database.
    return "" if answer.status >= _ABSENT else answer.body.decode("utf-8", "replace").replace("\0", "")
