"""Small servers on loopback: one forwards to the collector and remembers what passed, one serves the pages."""

from __future__ import annotations

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Set anew for each hop.
_HOP: Final = {"connection", "content-length", "date", "server", "transfer-encoding", "keep-alive"}


class Request(NamedTuple):
    """What a browser sent; names of headers in lower case."""

    method: str
    target: str  # path and query
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


class Answer(NamedTuple):
    """What it gets."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Loopback:
    """A server on a port of its own, for as long as the context lasts; `answer` runs in many threads."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.seen: list[Request] = []
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                seen.append(request)
                status, given, body = answer(request)
                self.send_response_only(status)
                for name, value in given.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_OPTIONS = handle_one  # noqa: N815 - the base class looks for these names

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a browser that goes away mid-answer is what some tests are about."""


def forward(upstream: str, *, prefix: str = "") -> Callable[[Request], Answer]:
    """Return what passes a request on to `upstream` without `prefix`, as a reverse proxy does."""
    host = urlsplit(upstream).netloc

    def pass_on(request: Request) -> Answer:
        connection = HTTPConnection(host, timeout=30)
        try:
            sent = {name: value for name, value in request.headers.items() if name not in _HOP}
            connection.request(request.method, request.target.removeprefix(prefix), request.body, sent)
            found = connection.getresponse()
            body = found.read()
            headers = {name: value for name, value in found.getheaders() if name.lower() not in _HOP}
            return Answer(found.status, headers, body)
        finally:
            connection.close()

    return pass_on
