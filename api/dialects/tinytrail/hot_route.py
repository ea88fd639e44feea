"""What the routes that take events in have in common: without a framework, for a second one is felt here."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from api.asgi import answer
from api.collector.bodies import ClientGone
from api.dialects.tinytrail.envelope import failure
from api.errors import HttpError
from core.drops import DropReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.asgi import Headers, Receive, Scope, Send
    from api.collector.clients import Clients
    from api.collector.intake import Intake
    from api.collector.windows import SlidingWindow
    from api.metrics import Requests
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

#: Status, body, and the headers that not every answer has.
Reply: TypeAlias = "tuple[int, bytes, Headers]"

JSON: Final = ((b"content-type", b"application/json"),)
#: Browsers send beacons with credentials, for which the allowed origin may not be `*`. Pages that isolate themselves
#: take nothing from other origins that does not say that it is meant for them.
_CORS: Final = (
    (b"access-control-allow-credentials", b"true"),
    (b"vary", b"Origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


class HotRoute(ABC):
    """An ASGI application for one path that pages of any origin may ask.

    Errors have the API's envelope, and every answer the headers that let a page of any origin read it. Cookies are
    neither read nor set.
    """

    path: ClassVar[str]
    #: Every other method is answered 405.
    methods: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        *,
        clients: Clients,
        window: SlidingWindow | None,
        intake: Intake,
        requests: Requests,
        telemetry: Telemetry,
    ) -> None:
        self._clients = clients
        self._window = window
        self._intake = intake
        self._requests = requests
        self._telemetry = telemetry

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
        except HttpError as error:
            status, body = error.status, failure(error.status, str(error))
            extra = [*JSON, *((name.lower().encode(), value.encode()) for name, value in error.headers.items())]
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log.exception("%s failed", self.path)
            status, body, extra = 500, failure(500, "an unexpected error; it was logged"), JSON
        finally:
            self._requests.end(started, self.path, method, status)
        await answer(
            send,
            status,
            body if method != "HEAD" else b"",
            [
                (b"access-control-allow-origin", headers.get(b"origin", b"*")),
                *_CORS,
                *(() if status == 204 else ((b"content-length", b"%d" % len(body)),)),
                *extra,
            ],
        )

    @abstractmethod
    async def _respond(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Reply:
        """Answer one of the methods.

        Raises:
            HttpError: with this error.
            ClientGone: not at all.
        """

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

    def _drop(self, reason: DropReason) -> None:
        self._telemetry.add("footfall_events_dropped_total", reason=reason)

    def _not_allowed(self) -> HttpError:
        return HttpError(405, f"this path takes {' and '.join(self.methods)}", {"Allow": ", ".join(self.methods)})
