"""The client of all that Footfall asks of others."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import aiohttp

from core.telemetry import NoTelemetry
from ops.authorities import known_authorities
from ops.outbound import dialog
from ops.outbound.addresses import readable, redirected
from ops.outbound.answer import Answer, Bounds, Certificate
from ops.outbound.body import ENCODINGS, read_body
from ops.outbound.errors import OutboundError, RedirectLoop, TimedOut, TlsFailed
from ops.outbound.guard import Guard, NoGuard, Opened
from ops.outbound.turns import Turns
from ops.outbound.way import Progress, Response, Way
from ops.outbound.wording import failure

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from cryptography import x509
    from yarl import URL

    from core.telemetry import Telemetry
    from ops.outbound.names import LookUp

#: Requests at one host at a time.
_AT_A_HOST: Final = 2
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: Redirects after which the request is made again as it was.
_SAME_AGAIN: Final = frozenset({307, 308})
#: What is not told to another server than it was meant for.
_CONFIDENTIAL: Final = frozenset({"authorization", "cookie", "proxy-authorization"})
_DEFAULTS: Final = Bounds()


@dataclass(slots=True, kw_only=True)
class _Request:
    """What is asked now; redirects change it."""

    url: URL
    method: str
    headers: dict[str, str]
    body: bytes | None

    def redirected(self, status: int, location: str) -> None:
        """Go on as a browser would.

        Raises:
            OutboundError: there is nowhere to go on to.
        """
        target = redirected(self.url, location)
        if target.origin() != self.url.origin():
            self.headers = {name: value for name, value in self.headers.items() if name.lower() not in _CONFIDENTIAL}
        self.url = target
        if status not in _SAME_AGAIN and self.method != "HEAD":
            self.method, self.body = "GET", None


class Outbound:
    """Asks other people's servers, at public addresses only. To be opened with `async with`, in the loop that uses it.

    It keeps no cookies, reads no proxies and no passwords from the environment, sends at most two requests to a host at
    a time, and follows redirects itself, so that each of them is checked as the first address was.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        opened: Opened = Opened(),  # noqa: B008 - cannot be changed
        telemetry: Telemetry | None = None,
        authorities: ssl.SSLContext | None = None,
        look_up: LookUp | None = None,
    ) -> None:
        """Prepare one.

        Args:
            user_agent: how it names itself.
            opened: what may be reached though it is not public.
            telemetry: where outcomes are counted.
            authorities: whom it trusts; None for those of the system.
            look_up: how names become addresses; None for how the system does it.
        """
        self._opened = opened
        self._telemetry = telemetry or NoTelemetry()
        self._authorities = authorities or known_authorities()
        self._turns = Turns(_AT_A_HOST)
        self._guarded, self._unguarded = (
            Way(
                guard,
                look_up=look_up,
                authorities=self._authorities,
                headers={"User-Agent": user_agent, "Accept-Encoding": ENCODINGS},
            )
            for guard in (Guard(opened.networks), NoGuard())
        )
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        for way in (self._guarded, self._unguarded):
            await self._stack.enter_async_context(way)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def ask(  # noqa: PLR0913 - what a request is made of
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        bounds: Bounds = _DEFAULTS,
        follow: bool = True,
    ) -> Answer:
        """Ask, follow redirects unless told not to, and return the answer, of whatever status.

        Raises:
            OutboundError: there is none; the subclass and the text say why.
        """
        async with self._counted():
            request = _Request(url=readable(url), method=method, headers=dict(headers or {}), body=body)
            passed: list[str] = []
            asked = {(method, str(request.url))}
            left = bounds.seconds
            while True:
                answer, location = await self._asked(request, bounds, left, passed)
                left = bounds.seconds - answer.seconds
                if not follow or location is None:
                    return answer
                if len(passed) >= bounds.redirects:
                    raise RedirectLoop("Too many redirects")
                passed.append(answer.url)
                request.redirected(answer.status, location)
                if (request.method, str(request.url)) in asked:
                    raise RedirectLoop("Redirected in a circle")
                asked.add((request.method, str(request.url)))

    async def certificate(self, host: str, port: int = 443, *, seconds: float = _DEFAULTS.seconds) -> Certificate:
        """Return the certificate that is shown at this name or address, trusted or not. Nothing is sent.

        Raises:
            OutboundError: none is shown.
        """
        async with self._counted(), self._turns.at(host), self._within(Progress(seconds), seconds):
            try:
                return dialog.judged(await self._shown(host, port, self._authorities))
            except ssl.SSLCertVerificationError as error:
                return dialog.judged(await self._shown(host, port, dialog.any_certificate()), error)

    async def converse(self, host: str, port: int, sent: bytes, bounds: Bounds = _DEFAULTS) -> bytes:
        """Send something over plain TCP and return what comes until the other side ends, or the bounds are reached.

        Raises:
            OutboundError: nothing may go there, nobody is there, or it does not end in time.
        """
        progress = Progress(bounds.seconds)
        async with self._counted(), self._turns.at(host), self._within(progress, bounds.seconds):
            connection = await self._way(host).connect(host, port)
            progress.answering()
            return await dialog.question(connection, sent, bounds.bytes)

    async def _asked(
        self, request: _Request, bounds: Bounds, left: float, passed: list[str]
    ) -> tuple[Answer, str | None]:
        """Return the answer to one request, and where it redirects to. Of a redirect the body is not read."""
        host = request.url.raw_host or ""
        progress, loop = Progress(bounds.seconds), asyncio.get_running_loop()
        async with self._turns.at(host):
            begun = loop.time()
            async with self._within(progress, left):
                try:
                    response = await self._way(host).send(
                        request.method, request.url, progress, headers=request.headers, data=request.body
                    )
                except aiohttp.ClientConnectorCertificateError as error:
                    raise await self._untrusted(error, host, request.url.port or 443) from error
                async with response:
                    progress.answering()
                    location = response.headers.get("Location") if response.status in _REDIRECTS else None
                    content, cut = b"", False
                    if location is None:
                        encoding = response.headers.get("Content-Encoding", "")
                        content, cut = await read_body(response.content.iter_any(), encoding, bounds.bytes)
                    if cut:
                        response.close()
                    answer = Answer(
                        url=str(request.url),
                        status=response.status,
                        headers=response.headers,
                        body=content,
                        cut=cut,
                        redirects=tuple(passed),
                        seconds=bounds.seconds - left + loop.time() - begun,
                        certificate=_trusted(response),
                    )
                    return answer, location

    async def _untrusted(self, error: aiohttp.ClientConnectorCertificateError, host: str, port: int) -> OutboundError:
        """Return what is wrong with a certificate, and the certificate, if it is shown once more."""
        problem = error.certificate_error
        if not isinstance(problem, ssl.SSLCertVerificationError):
            return failure(error)
        certificate = None
        with contextlib.suppress(OSError):
            certificate = dialog.judged(await self._shown(host, port, dialog.any_certificate()), problem)
        return TlsFailed(str(failure(problem)), certificate)

    async def _shown(self, host: str, port: int, context: ssl.SSLContext) -> x509.Certificate:
        return await dialog.handshake(await self._way(host).connect(host, port), context, host)

    def _way(self, host: str) -> Way:
        return self._unguarded if self._opened.has(host) else self._guarded

    @contextlib.asynccontextmanager
    async def _within(self, progress: Progress, seconds: float) -> AsyncIterator[None]:
        """Give it so much time, and say what went wrong in our words."""
        try:
            async with asyncio.timeout(max(seconds, 0)) as time:
                yield
        except TimeoutError as error:
            raise (TimedOut(progress.late) if time.expired() else failure(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise failure(error) from error

    @contextlib.asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        try:
            yield
        except OutboundError as error:
            self._telemetry.add("footfall_outbound_requests_total", outcome=error.outcome)
            raise
        self._telemetry.add("footfall_outbound_requests_total", outcome="answered")


def _trusted(response: aiohttp.ClientResponse) -> Certificate | None:
    """Return the certificate of a connection over which was answered; None without TLS, or if only TLS can read it."""
    ends = response.ends if isinstance(response, Response) else None
    with contextlib.suppress(ssl.SSLError):
        return None if ends is None else dialog.judged(dialog.shown(ends))
    return None
