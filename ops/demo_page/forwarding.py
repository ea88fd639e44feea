"""Passes requests on to Footfall, as a site's own reverse proxy would, and remembers those that carry events."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE_SECONDS: Final = 20
_REMEMBERED: Final = 500
#: What Footfall looks at; connections are each hop's own.
_SENT: Final = (
    "accept",
    "content-type",
    "dnt",
    "if-none-match",
    "origin",
    "referer",
    "sec-gpc",
    "sec-purpose",
    "user-agent",
)
_RETURNED: Final = ("cache-control", "content-type", "etag", "retry-after")


class Answer(NamedTuple):
    """What Footfall answered; 502 with a sentence where it did not."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request that carried events, and its answer. `number` counts from 1."""

    number: int
    method: str
    path: str
    sent: str
    status: int
    answered: str


class Forwarding:
    """To one server. Safe in threads."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = parts.netloc
        self._folder = parts.path.rstrip("/")
        self._server = server
        self._lock = threading.Lock()
        self._count = 0
        self._log: deque[Exchange] = deque(maxlen=_REMEMBERED)

    def pass_on(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Return the answer to a request; `target` is path and query, names of headers are in lower case."""
        connection = self._kind(self._host, timeout=_PATIENCE_SECONDS)
        try:
            given = {name: headers[name] for name in _SENT if name in headers}
            connection.request(method, f"{self._folder}{target}", body or None, given)
            return _read(connection.getresponse())
        except (OSError, HTTPException) as error:
            return Answer(502, {"content-type": "text/plain"}, f"{self._server} does not answer: {error}".encode())
        finally:
            connection.close()

    def remember(self, method: str, target: str, body: bytes, answer: Answer) -> None:
        """Keep an exchange for the page's log."""
        readable = answer.headers.get("content-type", "").startswith(("text/", "application/json"))
        with self._lock:
            self._count += 1
            self._log.append(
                Exchange(
                    number=self._count,
                    method=method,
                    path=target,
                    sent=body.decode(errors="replace"),
                    status=answer.status,
                    answered=answer.body.decode(errors="replace") if readable else "",
                )
            )

    def after(self, number: int) -> list[Exchange]:
        """Return what came after the exchange of this number, oldest first, as far as it is remembered."""
        with self._lock:
            return [exchange for exchange in self._log if exchange.number > number]


def _read(response: HTTPResponse) -> Answer:
    body = response.read()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, {name: headers[name] for name in _RETURNED if name in headers}, body)
