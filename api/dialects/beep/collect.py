"""`OPTIONS` and `POST /collect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.collector.bodies import read_all
from api.collector.hot_route import PREFLIGHT, HotRoute
from api.dialects.beep.translate import domain_of, page_view
from api.dialects.beep.wire import read_view
from core.drops import DropReason
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Receive, Scope
    from api.collector.hot_route import Reply
    from core.sites import Site

PATH: Final = "/collect"

_DONE: Final = 204, b"", ()


class Collect(HotRoute):
    """Takes page views in; whose they are, the `Origin` header says, or without it the `Referer`.

    The order of checks: origin (400), site (204), body (413, 400), ignore list and exclusions (204), durability (503),
    then 204.
    """

    path = PATH
    methods = ("POST", "OPTIONS")

    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        if scope["method"] == "OPTIONS":
            return 204, b"", PREFLIGHT
        domain = _domain(headers)
        site = await self._sites.of_domain(domain)
        if site is None:
            self._drop(DropReason.UNKNOWN_SITE)
        else:
            await self._take(site, domain, scope, headers, receive)
        return _DONE

    def _failure(self, status: int, message: str) -> bytes:
        return super()._failure(status, "internal error" if status == 500 else message)

    async def _take(
        self, site: Site, domain: str, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive
    ) -> None:
        view = page_view(read_view(await read_all(receive, headers)), domain)
        await self._intake.take_from(site, view, self._clients.request(self._clients.address(scope), headers))


def _domain(headers: Mapping[bytes, bytes]) -> str:
    origin = headers.get(b"origin") or headers.get(b"referer")
    if not origin:
        raise InvalidInput("origin required")
    domain = domain_of(origin.decode("latin-1"))
    if not domain:
        raise InvalidInput("invalid origin")
    return domain
