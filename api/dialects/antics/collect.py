"""`OPTIONS` and `POST /api/event`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.collector.bodies import read_all
from api.collector.hot_route import PREFLIGHT, HotRoute
from api.dialects.antics.bodies import read_body
from core.locations import parse_location
from core.text import is_clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.asgi import Receive, Scope
    from api.collector.hot_route import Reply
    from core.sites import Site

PATH: Final = "/api/event"

_ACCEPTED: Final = 202, b"", ()


class CollectEvent(HotRoute):
    """Takes events in. Whose they are, the origin says, else the page before, else the event's own address.

    The order of checks: body (413, 400), site and exclusions (202), durability (503), then 202: nobody learns which
    sites there are.
    """

    path = PATH
    methods = ("POST", "OPTIONS")

    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        if scope["method"] == "OPTIONS":
            return 204, b"", PREFLIGHT
        event = read_body(await read_all(receive, headers))
        site = await self._site(_domains(headers, event.url))
        request = self._clients.request(self._clients.address(scope), headers)
        await self._intake.take_from(site, event, request)
        return _ACCEPTED

    async def _site(self, domains: Iterable[str]) -> Site | None:
        for domain in domains:
            if is_clean(domain) and (site := await self._sites.of_domain(domain)) is not None:
                return site
        return None


def _domains(headers: Mapping[bytes, bytes], url: str) -> list[str]:
    """The domains that may be the site's, the likeliest first, each once."""
    sent = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"referer"))
    found = dict.fromkeys(parse_location(address).hostname for address in (*sent, url))
    return [domain for domain in found if domain]
