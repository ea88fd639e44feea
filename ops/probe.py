"""`/metrics`, `/health/live` and `/health/ready` of a process that serves nothing else."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import compare_digest
from typing import TYPE_CHECKING, Any, Final

from core.errors import FootfallError
from ops.telemetry import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)

_PLAIN: Final = "text/plain; charset=utf-8"
#: Seconds that a client may take for its request.
_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a process shows, asked in threads of the probe."""

    #: Everything in Prometheus' text format.
    exposition: Callable[[], bytes]
    #: Why the process does not turn; None if it does. `/health` tells the same.
    live: Callable[[], str | None]
    #: Why the process does not do its work now; None if it does.
    ready: Callable[[], str | None]
    #: What has to be sent as `Authorization: Bearer` to see the metrics; '' for nothing.
    token: str = ""


@contextlib.contextmanager
def probe(host: str, port: int, shown: Shown) -> Iterator[int | None]:
    """Answer in a thread of its own as long as the context lasts. Yields the port; None where `port` is 0.

    Args:
        host: address to listen on.
        port: where; 0 for not at all.
        shown: what is answered.

    Raises:
        FootfallError: the address cannot be listened on.
    """
    if not port:
        yield None
        return

    try:
        server = ThreadingHTTPServer((host, port), partial(_Handler, shown))
    except OSError as error:
        raise FootfallError(
            f"cannot listen on {host} port {port}: {error.strerror}; set FOOTFALL_METRICS_PORT to another, or to 0"
        ) from error
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="probe", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    timeout = _PATIENCE

    def __init__(self, shown: Shown, *given: Any) -> None:  # noqa: ANN401 - the server's own, handed on
        self._shown = shown
        super().__init__(*given)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._metrics()
        elif path in {"/health", "/health/live", "/health/ready"}:
            problem = self._shown.live() or (self._shown.ready() if path == "/health/ready" else None)
            status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
            body = {"status": "degraded", "reason": problem} if problem else {"status": "ok"}
            self._answer(status, "application/json", json.dumps(body).encode())
        else:
            self._answer(HTTPStatus.NOT_FOUND, _PLAIN, b"/metrics, /health/live and /health/ready are here\n")

    def _metrics(self) -> None:
        token, given = self._shown.token, self.headers.get("Authorization", "").encode("latin-1", "replace")
        if not token or compare_digest(given, f"Bearer {token}".encode()):
            self._answer(HTTPStatus.OK, CONTENT_TYPE, self._shown.exposition())
            return
        refusal = b"send `Authorization: Bearer` with the token of FOOTFALL_METRICS_TOKEN\n"
        self._answer(HTTPStatus.UNAUTHORIZED, _PLAIN, refusal)

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Bearer realm="metrics"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        _log.debug(format, *args)
