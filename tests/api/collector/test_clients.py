"""Who a request is from."""

from __future__ import annotations

import pytest

from api.collector.clients import Clients, canonical
from core.networks import parse_network
from core.raw import Request

TRUSTED = [parse_network("10.0.0.0/8"), parse_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["6.6.6.6"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["6.6.6.6, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["6.6.6.6", "192.0.2.1, 10.0.0.2"], "192.0.2.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["6.6.6.6, junk"], "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6, junk, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["192.0.2.1:4711"], "192.0.2.1"),
        ("10.0.0.1", ["[2001:DB8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["2001:db8:0:0::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("fd00::1", ["::ffff:192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", [","], "10.0.0.1"),
        ("10.0.0.1", ["x" * 9_000], "10.0.0.1"),
        (None, ["192.0.2.1"], ""),
        ("testclient", [], ""),
    ],
)
def test_addresses(peer: str | None, forwarded: list[str], address: str) -> None:
    """The peer's, or behind trusted proxies the rightmost that is none of theirs; never what a client made up."""
    scope = {
        "client": peer and (peer, 1),
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }
    assert Clients(TRUSTED).address(scope) == address


def test_canonical_addresses() -> None:
    """One address is written in one way."""
    assert {canonical(text) for text in ("2001:DB8::1", "2001:db8:0:0:0:0:0:1", " 2001:db8::1 ")} == {"2001:db8::1"}


@pytest.mark.parametrize(
    ("headers", "request_"),
    [
        ({}, Request("192.0.2.1", "")),
        ({b"user-agent": b"a\xe9"}, Request("192.0.2.1", "aé")),
        ({b"user-agent": b"a" * 9_000}, Request("192.0.2.1", "a" * 512)),
        ({b"sec-gpc": b"1", b"dnt": b"1"}, Request("192.0.2.1", "", gpc=True, dnt=True)),
        ({b"sec-gpc": b"0", b"dnt": b"null"}, Request("192.0.2.1", "")),
        ({b"sec-purpose": b"Prefetch;anonymous-client-ip"}, Request("192.0.2.1", "", prefetch=True)),
        ({b"x-purpose": b"preview"}, Request("192.0.2.1", "", prefetch=True)),
        ({b"purpose": b"other"}, Request("192.0.2.1", "")),
    ],
)
def test_requests(headers: dict[bytes, bytes], request_: Request) -> None:
    """User agent, bounded, and the signals of privacy and prefetching."""
    assert Clients().request("192.0.2.1", headers) == request_
