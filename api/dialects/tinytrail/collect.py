"""`OPTIONS` and `POST /api/v1/collect`, without a framework: at tens of thousands of requests a second one is felt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from api.asgi import answer
from api.collector.bodies import ClientGone, read_all
from api.dialects.tinytrail.bodies import read_body
from api.dialects.tinytrail.envelope import failure
from api.errors import HttpError
from core.drops import DropReason
from core.errors import InvalidInput, Refused, Unavailable

if TYPE_CHECKING:
    from api.asgi import Receive, Scope, Send
    from api.collector.clients import Clients
    from api.collector.intake import Intake
    from api.collector.windows import SlidingWindow
    from api.metrics import Requests
    from core.telemetry import Telemetry

_log = logging.getLogger(__name__)

PATH: Final = "/api/v1/collect"

_ACCEPTED: Final = b'{"status":"accepted"}'
_JSON: Final = [(b"content-type", b"application/json")]
#: Browsers send beacons with credentials, for which the allowed origin may not be `*`.
_CORS: Final = [
    (b"access-control-allow-credentials", b"true"),
    (b"vary", b"Origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_PREFLIGHT: Final = [
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"86400"),
]


class Collect:
    """An ASGI application for this one path.

    The order of checks: rate limit (429), body (413, 400), site and exclusions (204), durability (503), then 202 if at
    least one event is a human's, else 204.
    """

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
        extra: list[tuple[bytes, bytes]] = []
        try:
            if method == "POST":
                status, body = await self._post(scope, headers, receive)
            elif method == "OPTIONS":
                status, extra = 204, _PREFLIGHT
            else:
                raise HttpError(405, "this path takes POST and OPTIONS", {"Allow": "POST, OPTIONS"})  # noqa: TRY301 - all errors are rendered below
        except ClientGone:
            return
        except HttpError as error:
            status, body = error.status, failure(error.status, str(error))
            extra = [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log.exception("collect failed")
            status, body = 500, failure(500, "an unexpected error; it was logged")
        finally:
            self._requests.end(started, PATH, method, status)
        await answer(
            send,
            status,
            body,
            [
                (b"access-control-allow-origin", headers.get(b"origin", b"*")),
                *_CORS,
                *(_JSON if body else ()),
                *(() if status == 204 else ((b"content-length", b"%d" % len(body)),)),
                *extra,
            ],
        )

    async def _post(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> tuple[int, bytes]:
        ip = self._clients.address(scope)
        # On a Unix socket without a trusted proxy nobody can be told from anybody.
        if self._window is not None and ip and (retry_after := self._window.retry_after(ip)):
            self._drop(DropReason.RATE_LIMITED)
            raise HttpError.rate_limited(retry_after)
        try:
            events = read_body(await read_all(receive, headers))
            humans = await self._intake.take(events, self._clients.request(ip, headers))
        except (InvalidInput, Refused) as error:
            self._drop(DropReason.INVALID)
            raise HttpError(400, str(error)) from error
        except HttpError:
            self._drop(DropReason.INVALID)
            raise
        except Unavailable as error:
            raise HttpError.unavailable(str(error), error.retry_after) from error
        return (202, _ACCEPTED) if humans else (204, b"")

    def _drop(self, reason: DropReason) -> None:
        self._telemetry.add("footfall_events_dropped_total", reason=reason)
