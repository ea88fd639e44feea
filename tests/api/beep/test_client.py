"""beep-analytics' own command line, as far as a server sees it: the bytes that its commands send, and what they read.

Its Go program cannot be fetched where these tests run. What it sends was read in its source: `net/http` writes the
headers in this order, bodies are what `json.Marshal` makes, and arguments go into paths without escaping.
"""

from __future__ import annotations

import json
import re
import socket
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from ops.clock import SystemClock
from storage import sites
from tests.cases import event_at
from tests.stores import write_events

if TYPE_CHECKING:
    from tests.api.beep.conftest import Beep

#: Of each command the request line, and its body where the argument is in one.
_COMMANDS: Final = {
    "add-site": ("POST", "/api/sites", "domain"),
    "remove-site": ("DELETE", "/api/sites/{}", ""),
    "list-sites": ("GET", "/api/sites", ""),
    "ignore-ip": ("POST", "/api/ignore", "ip"),
    "unignore-ip": ("DELETE", "/api/ignore/{}", ""),
    "list-ignored": ("GET", "/api/ignore", ""),
    "generate-token": ("POST", "/api/tokens/generate", ""),
    "revoke-token": ("DELETE", "/api/tokens/{}", ""),
    "stats": ("GET", "/api/stats?{}", ""),
}


class CommandError(Exception):
    """The command ends with 1 and prints this."""


@dataclass(slots=True, kw_only=True)
class GoClient:
    """Runs commands. Where there is nothing to send, newer versions send an empty object and older ones nothing."""

    server: str
    newer: bool
    token: str = ""

    def run(self, command: str, argument: str = "") -> Any:  # noqa: ANN401 - JSON
        """What the command reads of the answer; None where that is empty."""
        data = self._exchange(self.request(command, argument))
        return json.loads(data) if data else None

    def stats(self, **flags: str) -> list[dict[str, Any]]:
        """The command `stats`; its flags become parameters, in the order of their names."""
        rows: list[dict[str, Any]] = self.run("stats", urlencode(sorted(flags.items())))
        return rows

    def request(self, command: str, argument: str) -> bytes:
        """The bytes of the request."""
        method, path, field = _COMMANDS[command]
        sent = ""
        if field:
            sent = json.dumps({field: argument}, separators=(",", ":"))
        elif self.newer and method != "GET":
            sent = "{}"
        lines = [
            f"{method} {path.format(argument)} HTTP/1.1",
            f"Host: {urlsplit(self.server).netloc}",
            "User-Agent: Go-http-client/1.1",
            *([f"Content-Length: {len(sent)}"] if sent or method == "POST" else []),
            *([f"Authorization: Bearer {self.token}"] if self.token else []),
            *(["Content-Type: application/json"] if sent else []),
            "Accept-Encoding: gzip",
        ]
        return "\r\n".join([*lines, "", sent]).encode()

    def _exchange(self, sent: bytes) -> bytes:
        address = urlsplit(self.server)
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=30) as connection:
            connection.sendall(sent)
            answer = HTTPResponse(connection, method=sent.split(b" ", 1)[0].decode())
            answer.begin()
            data = answer.read()
        if answer.status >= 400:
            raise CommandError(f"HTTP {answer.status}: {data.decode()}")
        return data


def test_the_bytes_of_a_request() -> None:
    """As Go 1.26 was seen to write them."""
    client = GoClient(server="http://127.0.0.1:8080", newer=True, token="T")  # noqa: S106 - no secret
    assert client.request("add-site", "example.com") == (
        b"POST /api/sites HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 24\r\n"
        b"Authorization: Bearer T\r\nContent-Type: application/json\r\nAccept-Encoding: gzip\r\n\r\n"
        b'{"domain":"example.com"}'
    )
    assert client.request("stats", "") == (
        b"GET /api/stats? HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Go-http-client/1.1\r\n"
        b"Authorization: Bearer T\r\nAccept-Encoding: gzip\r\n\r\n"
    )
    older = GoClient(server="http://127.0.0.1:8080", newer=False)
    assert older.request("generate-token", "") == (
        b"POST /api/tokens/generate HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: Go-http-client/1.1\r\n"
        b"Content-Length: 0\r\nAccept-Encoding: gzip\r\n\r\n"
    )


@pytest.mark.parametrize("newer", [True, False])
def test_the_documented_commands(beep: Beep, newer: bool) -> None:  # noqa: FBT001 - a column of the table
    """From the first token to a site's end, in the order of their documentation; what they print, they read here."""
    beep.execute("DELETE FROM api_keys WHERE api = 'beep'")
    go = GoClient(server=beep.server.url, newer=newer)
    with pytest.raises(CommandError, match=r'^HTTP 401: {"error":"unauthorized"}$'):
        go.run("list-sites")

    first = go.run("generate-token")
    assert re.fullmatch("[0-9a-f]{64}", first["token"])
    go.token = first["token"]
    second = go.run("generate-token")
    assert go.run("revoke-token", str(second["id"])) is None
    with pytest.raises(CommandError, match=r'^HTTP 404: {"error":"token not found"}$'):
        go.run("revoke-token", str(second["id"]))

    assert go.run("list-sites") == []
    for domain in ("example.com", "blog.example.com"):
        assert go.run("add-site", domain)["domain"] == domain
    with pytest.raises(CommandError, match=r'^HTTP 409: {"error":"site already exists"}$'):
        go.run("add-site", "example.com")
    assert [site["domain"] for site in go.run("list-sites")] == ["blog.example.com", "example.com"]

    assert go.run("list-ignored") == []
    for ip in ("192.168.1.1", "10.0.0.1", "10.0.0.0/8", "2001:db8::1"):
        assert go.run("ignore-ip", ip) is None
    assert go.run("list-ignored") == ["10.0.0.0/8", "10.0.0.1", "192.168.1.1", "2001:db8::1"]
    for ip in ("192.168.1.1", "10.0.0.1", "10.0.0.0/8", "2001:db8::1"):
        assert go.run("unignore-ip", ip) is None
    assert go.run("list-ignored") == []

    assert go.stats() == []
    _see(beep, "blog.example.com")
    (row,) = go.stats()
    assert row == {"site": "blog.example.com", "ip": "", "path": "/", "count": 1}
    assert go.stats(last="7d") == go.stats(last="3mo") == go.stats(site="blog.example.com", last="30d") == [row]
    assert go.stats(**{"from": "2024-01-01"}) == [row]
    assert go.stats(site="example.com") == go.stats(to="2024-06-01") == []
    (view,) = go.stats(site="blog.example.com", last="30d", verbose="true")
    assert list(view) == ["site", "ip", "country", "region", "city", "browser", "os", "path", "referrer", "time"]
    assert {type(value) for value in view.values()} == {str}
    with pytest.raises(CommandError, match=r'^HTTP 404: {"error":"site not found"}$'):
        go.stats(site="unknown.example")

    for domain in ("example.com", "blog.example.com", "unknown.example"):
        assert go.run("remove-site", domain) is None
    assert go.run("list-sites") == []


def _see(beep: Beep, domain: str) -> None:
    """A view of the front page, a moment ago."""
    with psycopg.connect(beep.server.dsn) as connection:
        site = sites.of_domain(connection, domain)
        assert site is not None
        write_events(connection, [event_at(SystemClock().now_ms() - 1_000, 1, site=site.id, path="/")])
