"""What the routes that take events in have in common: without a framework, for a second one is felt here."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeAlias

import msgspec

from api.asgi import answer
from api.collector.bodies import BodyRefused, ClientGone
from api.errors import HttpError
from api.request_ids import HEADER, request_id
from core import tracing
from core.drops import DropReason
from core.errors import InvalidInput, Refused, Unavailable

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from api.asgi import Headers, Receive, Scope, Send
    from api.collector.clients import Clients
    from api.collector.intake import Intake
    from api.collector.keys import CollectorKeys
    from api.collector.windows import SlidingWindow
    from api.metrics import Requests
    from core.sites import Site
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

#: What is said of an error that nobody foresaw.
UNEXPECTED: Final = "an unexpected error; it was logged"

#: Status, body, and the headers that not every answer has.
Reply: TypeAlias = "tuple[int, bytes, Headers]"

JSON: Final = ((b"content-type", b"application/json"),)
#: The origin is told, for beacons with credentials may not be allowed to `*`. Pages that isolate themselves take
#: nothing from other origins that does not say that it is meant for them.
_CORS: Final = ((b"vary", b"Origin"), (b"cross-origin-resource-policy", b"cross-origin"))
_WITH_CREDENTIALS: Final = ((b"access-control-allow-credentials", b"true"), *_CORS)
#: What a browser asks before it posts JSON.
PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"86400"),
)


class Named(Protocol):
    """Knows sites by what they are called without a UUID; `api.collector.sites.Sites` does."""

    async def of_domain(self, domain: str) -> Site | None:
        """Return the site that a domain, in lower case, stands for. Raises Unavailable."""
        ...

    async def of_number(self, number: int) -> Site | None:
        """Return the site whose `id` this is. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What routes that take events in are made of."""

    clients: Clients
    #: How often one address may send to TinyTrail's routes; None for as often as it likes.
    window: SlidingWindow | None
    intake: Intake
    sites: Named
    keys: CollectorKeys | None  # None where no program is served
    requests: Requests
    telemetry: Telemetry


class HotRoute(ABC):
    """An ASGI application for one path, or for the paths of a pattern, that pages of any origin may ask.

    Every answer has the headers that let a page of any origin read it. Cookies are neither read nor set.
    """

    #: As it is measured: where there is a pattern, with the names of what it takes in braces.
    path: ClassVar[str]
    #: What is posted to these paths comes here; all else that is asked of them goes to the framework.
    pattern: ClassVar[re.Pattern[str] | None] = None
    #: Every other method is answered 405.
    methods: ClassVar[tuple[str, ...]]
    #: Whether browsers may send credentials, as they do with beacons of blobs.
    credentials: ClassVar[bool] = False

    def __init__(self, parts: Taking) -> None:
        self._clients = parts.clients
        self._window = parts.window
        self._intake = parts.intake
        self._sites = parts.sites
        self._keys = parts.keys
        self._requests = parts.requests
        self._telemetry = parts.telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = self._requests.begin()
        method = scope["method"]
        headers: dict[bytes, bytes] = dict(scope["headers"])
        status, body = 499, b""
        extra: Headers = ()
        try:
            if method not in self.methods:
                raise self._not_allowed()  # noqa: TRY301 - all errors are rendered below
            status, body, extra = await self._respond(scope, headers, receive)
        except ClientGone:
            return
        except (HttpError, InvalidInput, Refused, Unavailable) as error:
            status, body, extra = self._told(error)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            # Made here alone: nothing else of the way of an event is logged, and most requests are here.
            id_ = request_id(scope, self._clients)
            with tracing.request(id_):
                _log.exception("%s failed", self.path)
            status, body, extra = 500, self._failure(500, UNEXPECTED), [*JSON, (HEADER, id_.encode())]
        finally:
            self._requests.end(started, self.path, method, status)
        await answer(
            send,
            status,
            body if method != "HEAD" else b"",
            [
                (b"access-control-allow-origin", headers.get(b"origin", b"*")),
                *(_WITH_CREDENTIALS if self.credentials else _CORS),
                *(() if status == 204 else ((b"content-length", b"%d" % len(body)),)),
                *extra,
            ],
        )

    @abstractmethod
    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        """Answer one of the methods.

        Raises:
            HttpError: with this error.
            InvalidInput, Refused: with 400; what was sent is dropped, as it is where the body is refused.
            Unavailable: with 503.
            ClientGone: not at all.
        """

    def _told(self, error: HttpError | InvalidInput | Refused | Unavailable) -> Reply:
        """The answer of an error."""
        if isinstance(error, BodyRefused | InvalidInput | Refused):
            self._drop(DropReason.INVALID)
        if isinstance(error, Unavailable):
            error = HttpError.unavailable(str(error), error.retry_after)
        elif not isinstance(error, HttpError):
            error = HttpError(400, str(error))
        headers = ((name.lower().encode(), value.encode()) for name, value in error.headers.items())
        return error.status, self._failure(error.status, str(error)), [*JSON, *headers]

    def _admit(self, scope: Scope) -> str:
        """Return the client's address.

        Raises:
            HttpError: 429, it sent too often.
        """
        ip = self._clients.address(scope)
        # On a Unix socket without a trusted proxy nobody can be told from anybody.
        if self._window is not None and ip and (retry_after := self._window.retry_after(ip)):
            self._drop(DropReason.RATE_LIMITED)
            raise HttpError.rate_limited(retry_after)
        return ip

    def _failure(self, status: int, message: str) -> bytes:  # noqa: ARG002 - some APIs tell the status too
        """The body of an error, JSON."""
        return msgspec.json.encode({"error": message})

    def _drop(self, reason: DropReason, count: int = 1) -> None:
        self._telemetry.add("footfall_events_dropped_total", count, reason=reason)

    def _not_allowed(self) -> HttpError:
        return HttpError(405, f"this path takes {' and '.join(self.methods)}", {"Allow": ", ".join(self.methods)})
