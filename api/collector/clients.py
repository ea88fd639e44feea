"""Who a request is from: the peer, or whom a trusted proxy says it forwards for; and what else the headers tell."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final

from core.networks import Network, holds, parse_address
from core.raw import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: What is read of a user agent; longer ones are none of a browser, and caches hold them.
_MAX_USER_AGENT: Final = 512
#: No address is longer, an IPv6 zone included.
_MAX_ADDRESS: Final = 64
_PREFETCH_HEADERS: Final = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")


class Clients:
    """Reads clients out of ASGI scopes. `trusted` are the proxies whose X-Forwarded-For is believed."""

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = tuple(trusted)

    def address(self, scope: Mapping[str, Any]) -> str:
        """Return the client's canonical IP address, or '' where there is none, as on a Unix socket.

        From the right, the first address in X-Forwarded-For that is no trusted proxy's is the client's: whatever
        stands left of it the client may have written itself.
        """
        peer = _peer(scope)
        if not self._trusted or not self._is_trusted(peer):
            return peer
        found = peer
        for hop in reversed(_hops(scope["headers"])):
            address = canonical(_without_port(hop))
            if not address:
                break
            found = address
            if not self._is_trusted(address):
                break
        return found

    def is_forwarded(self, scope: Mapping[str, Any]) -> bool:
        """Whether the request came by way of a trusted proxy, whose other headers can be believed too."""
        return bool(self._trusted) and self._is_trusted(_peer(scope))

    def request(self, ip: str, headers: Mapping[bytes, bytes]) -> Request:
        """Return what the enrichment looks at."""
        return Request(
            ip=ip,
            user_agent=headers.get(b"user-agent", b"")[:_MAX_USER_AGENT].decode("latin-1"),
            gpc=headers.get(b"sec-gpc") == b"1",
            dnt=headers.get(b"dnt") == b"1",
            prefetch=any(_is_ahead(headers[name]) for name in _PREFETCH_HEADERS if name in headers),
        )

    def _is_trusted(self, text: str) -> bool:
        address = parse_address(text)
        return address is not None and holds(self._trusted, address)


def _peer(scope: Mapping[str, Any]) -> str:
    client = scope.get("client")
    return canonical(client[0]) if client else ""


def canonical(text: str) -> str:
    """Return the one way to write this IP address, or '' if it is none."""
    return _canonical(text) if len(text) <= _MAX_ADDRESS else ""


@lru_cache(maxsize=10_000)
def _canonical(text: str) -> str:
    address = parse_address(text.strip())
    if address is None:
        return ""
    return str(IPv4Address(address.value) if address.version == 4 else IPv6Address(address.value))


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    forwarded = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    return [hop.strip() for hop in forwarded.decode("latin-1").split(",")]


def _without_port(hop: str) -> str:
    """`192.0.2.1:443` and `[2001:db8::1]:443` without their ports."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_ahead(purpose: bytes) -> bool:
    words = purpose.lower()
    return b"prefetch" in words or b"prerender" in words or b"preview" in words
