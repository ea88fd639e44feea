"""A small world of servers on loopback: sites with pages, with TLS good and bad, slow ones, broken ones, and none.

    async with World() as world, world.outbound() as outbound:
        world.pages["shop.test"] = {"/": "<a href='/cart'>", "/cart": Page(status=404)}
        answer = await outbound.ask(world.url("shop.test"))

Every name below `test` leads to it, but only the names of `world.names` may be asked without being public.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from aiohttp import web

from ops.outbound.client import Outbound
from ops.outbound.guard import parse_opened
from tests.outbound.answers import raw
from tests.outbound.certificates import certificates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from types import TracebackType

    from core.telemetry import Telemetry
    from ops.outbound.names import LookUp

LOOPBACK: Final = "127.0.0.1"
#: Those that may be asked in every world.
NAMES: Final = (
    "shop.test",
    "blog.test",
    "www.shop.test",
    "good.test",
    "soon.test",
    "expired.test",
    "self-signed.test",
    "wrong-name.test",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered to every request for a path."""

    body: str | bytes = ""
    status: int = 200
    type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0  #: seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came in."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class World:
    """The servers. To be opened with `async with`."""

    def __init__(self, names: Iterable[str] = NAMES) -> None:
        self.names = list(names)  #: that `outbound` may ask
        #: By name and path; a text is a page of HTML, a function answers itself. What is not there is 404.
        self.pages: defaultdict[str, dict[str, str | Page | Callable[[web.Request], Awaitable[web.StreamResponse]]]]
        self.pages = defaultdict(dict)
        self.asked: list[Asked] = []
        self.most_at_once = 0  #: requests that were being answered at the same time
        self._at_once = 0
        self._talks: set[asyncio.Future[None]] = set()
        self._stack = contextlib.AsyncExitStack()
        self.port = self.tls_port = self.raw_port = self.closed_port = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, LOOPBACK, 0).start()
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=certificates().server).start()
        self.port, self.tls_port = (address[1] for address in runner.addresses)
        server = await asyncio.start_server(self._talk, LOOPBACK, 0)
        self._stack.push_async_callback(self._hang_up)
        self._stack.callback(server.close)
        self.raw_port = server.sockets[0].getsockname()[1]
        with socket.socket() as nobody:
            nobody.bind((LOOPBACK, 0))
            self.closed_port = nobody.getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def outbound(
        self,
        *,
        telemetry: Telemetry | None = None,
        opened: Iterable[str] | None = None,
        look_up: LookUp | None = None,
    ) -> Outbound:
        """Return a client, to be opened, that finds the world by its names and trusts its authority."""
        return Outbound(
            user_agent="Footfall/test",
            opened=parse_opened(self.names if opened is None else opened),
            telemetry=telemetry,
            authorities=certificates().authorities,
            look_up=look_up or self.look_up,
        )

    async def look_up(self, host: str) -> list[str]:
        """Every name below `test` is here, but `nowhere.test`; else only addresses, however they are written."""
        if host == "localhost" or (host.removesuffix(".").endswith(".test") and host != "nowhere.test"):
            return [LOOPBACK]
        found = await asyncio.get_running_loop().getaddrinfo(
            host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
        return [str(place[0]) for *_, place in found]

    def url(self, name: str, path: str = "/") -> str:
        """Where its pages are over plain HTTP."""
        return f"http://{name}:{self.port}{path}"

    def https(self, name: str, path: str = "/") -> str:
        """Where its pages are over TLS."""
        return f"https://{name}:{self.tls_port}{path}"

    def raw(self, path: str, name: str = "shop.test") -> str:
        """Where the server is that speaks no HTTP; see `tests.outbound.answers`."""
        return f"http://{name}:{self.raw_port}{path}"

    def down(self, name: str = "shop.test") -> str:
        """Where nobody is."""
        return f"http://{name}:{self.closed_port}/"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(raw(reader, writer))
        self._talks.add(talk)
        await asyncio.wait([talk])

    async def _hang_up(self) -> None:
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(
            Asked(
                method=request.method,
                url=str(request.url),
                headers=request.headers.copy(),
                body=await request.read(),
            )
        )
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._page(request)
        finally:
            self._at_once -= 1

    async def _page(self, request: web.Request) -> web.StreamResponse:
        page = self.pages[request.url.host or ""].get(request.path_qs, Page(status=404, body="not found"))
        if isinstance(page, str):
            page = Page(body=page)
        if not isinstance(page, Page):
            return await page(request)
        if page.after:
            await asyncio.sleep(page.after)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        return web.Response(status=page.status, body=body, headers={"Content-Type": page.type, **page.headers})
