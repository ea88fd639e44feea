"""`/metrics` and `/health` of a process that serves nothing else."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from core.errors import FootfallError
from ops.telemetry import CONTENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def probe(
    host: str, port: int, *, exposition: Callable[[], bytes], health: Callable[[], str | None]
) -> Iterator[int | None]:
    """Answer in a thread of its own as long as the context lasts. Yields the port; None where `port` is 0.

    Args:
        host: address to listen on.
        port: where; 0 for not at all.
        exposition: everything in Prometheus' text format.
        health: why the process does not do its work now; None if it does.

    Raises:
        FootfallError: the address cannot be listened on.
    """
    if not port:
        yield None
        return

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE, exposition())
            elif self.path == "/health":
                problem = health()
                status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
                body = {"status": "degraded", "reason": problem} if problem else {"status": "ok"}
                self._answer(status, "application/json", json.dumps(body).encode())
            else:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/metrics and /health are here\n")

        def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            _log.debug(format, *args)

    try:
        server = ThreadingHTTPServer((host, port), Handler)
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
