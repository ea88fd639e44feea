"""`OPTIONS` and `POST /api/v1/collect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.collector.bodies import read_all
from api.collector.hot_route import JSON, PREFLIGHT
from api.dialects.tinytrail.bodies import read_body
from api.dialects.tinytrail.enveloped import EnvelopedRoute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Receive, Scope
    from api.collector.hot_route import Reply

PATH: Final = "/api/v1/collect"

_ACCEPTED: Final = 202, b'{"status":"accepted"}', JSON
_NOTHING: Final = 204, b"", ()


class Collect(EnvelopedRoute):
    """Takes events in.

    The order of checks: rate limit (429), body (413, 400), site and exclusions (204), durability (503), then 202 if at
    least one event is a human's, else 204.
    """

    path = PATH
    methods = ("POST", "OPTIONS")

    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        if scope["method"] == "OPTIONS":
            return 204, b"", PREFLIGHT
        ip = self._admit(scope)
        events = read_body(await read_all(receive, headers))
        humans = await self._intake.take(events, self._clients.request(ip, headers))
        return _ACCEPTED if humans else _NOTHING
