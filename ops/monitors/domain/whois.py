"""Registration data by whois (RFC 3912): lines of text, from the server that the root's server names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from core.spans import DAY
from ops.monitors.domain.expiry_lines import expiry_in
from ops.monitors.domain.registration import NoRegistry, NotTold
from ops.outbound.answer import Bounds
from ops.outbound.errors import OutboundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.clock import Clock
    from ops.outbound.client import Outbound

#: Whose answer names the server of a suffix.
ROOT: Final = "whois.iana.org"
PORT: Final = 43
_KEPT: Final = DAY
_BOUNDS: Final = Bounds(seconds=12, bytes=200_000)
_SERVER: Final = re.compile(r"^(?:whois|refer):[ \t]*([a-z0-9.-]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class Whois:
    """Asks registries. Which server answers for a suffix is kept for a day."""

    def __init__(self, outbound: Outbound, clock: Clock, *, port: int = PORT) -> None:
        self._outbound = outbound
        self._clock = clock
        self._port = port
        self._servers: dict[str, tuple[str | None, int]] = {}

    async def expiry(self, names: Iterable[str]) -> int | None:
        """Return when the first of the names ends of which it is told, ms since 1970 UTC; None if of none.

        Raises:
            NotTold: there is no server for it, or it does not answer.
        """
        for name in names:
            server = await self._server(name.rpartition(".")[2])
            if server is None:
                raise NoRegistry("No registry tells by whois")
            found = expiry_in(await self._ask(server, name))
            if found is not None:
                return found
        return None

    async def _server(self, suffix: str) -> str | None:
        server, read_at = self._servers.get(suffix, (None, 0))
        now = self._clock.now_ms()
        if suffix not in self._servers or now - read_at >= _KEPT:
            match = _SERVER.search(await self._ask(ROOT, suffix))
            server = None if match is None else match[1].lower()
            self._servers[suffix] = (server, now)
        return server

    async def _ask(self, server: str, name: str) -> str:
        try:
            answer = await self._outbound.converse(server, self._port, f"{name}\r\n".encode(), _BOUNDS)
        except OutboundError as error:
            raise NotTold(f"The registry's whois does not answer: {error}") from error
        return answer.decode("utf-8", "replace")
