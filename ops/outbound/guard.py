"""The guard: every socket to the outside is made here, for the very address that is connected to."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from core.errors import InvalidInput
from core.networks import Network, holds, parse_address, parse_network
from ops.outbound.public import is_public

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$"
)


class NotPublicError(OSError):
    """The address is not public. An OSError, because those are what libraries that connect look for."""

    def __init__(self, address: str) -> None:
        super().__init__(f"The address {address} is not public")


class Opened(NamedTuple):
    """What may be reached though it is not public."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def has(self, host: str) -> bool:
        """Whether the name itself is opened, wherever it leads."""
        return host.lower().removesuffix(".") in self.names


def parse_opened(texts: Iterable[str]) -> Opened:
    """Read names, addresses and networks.

    Raises:
        InvalidInput: one is none of these.
    """
    names, networks = set(), []
    for text in texts:
        try:
            networks.append(parse_network(text))
        except InvalidInput as error:
            name = text.strip().lower().removesuffix(".")
            if not _NAME.match(name) or name.rpartition(".")[2].isdigit():
                raise InvalidInput(
                    f"'{text}' is no name, address or network; write it like intranet.example, 10.1.2.3 or 10.1.0.0/16"
                ) from error
            names.add(name)
    return Opened(frozenset(names), tuple(networks))


class Guard:
    """Makes sockets to public addresses, and to those of `networks`."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = networks

    def allows(self, address: str) -> bool:
        """Whether a connection to `address` may be made. Anything but the usual spelling of an address may not."""
        parsed = parse_address(address)
        return parsed is not None and (is_public(address) or holds(self._networks, parsed))

    def socket(self, place: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        """Return a socket to connect to this place, as `getaddrinfo` describes it.

        Raises:
            NotPublicError: nothing may go there.
        """
        family, kind, protocol, _, (address, *_) = place
        if family not in {socket.AF_INET, socket.AF_INET6} or not self.allows(str(address)):
            raise NotPublicError(str(address))
        return socket.socket(family, kind, protocol)


class NoGuard(Guard):
    """Makes sockets to wherever a name leads that the operator opened."""

    def allows(self, address: str) -> bool:
        """Whether it is an address at all."""
        return parse_address(address) is not None
