"""IP addresses and networks as integers, so that asking whether one holds the other costs a comparison."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

#: IPv4 addresses written as IPv6 (::ffff:192.0.2.1) are the same address.
_MAPPED: Final = int(IPv6Address("::ffff:0:0"))
_MAPPED_PREFIX: Final = 96


class Address(NamedTuple):
    """One address. `version` is 4 or 6."""

    version: int
    value: int


class Network(NamedTuple):
    """All addresses of `version` whose `value & mask` is `base`."""

    version: int
    base: int
    mask: int


@lru_cache(maxsize=10_000)
def parse_address(text: str) -> Address | None:
    """Return the address that `text` writes, an IPv6 zone left out, or None if it writes none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return Address(address.version, int(address))


def parse_network(text: str) -> Network:
    """Return the network that `text` writes: an address, or an address and a prefix length. Host bits may be set.

    Raises:
        InvalidInput: it writes neither.
    """
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise InvalidInput(
            f"'{text}' is neither an IP address nor a network; write it like 203.0.113.7 or 2001:db8::/32"
        ) from error
    base, mask, prefix = int(network.network_address), int(network.netmask), network.prefixlen
    if network.version == 6 and prefix >= _MAPPED_PREFIX and base >> 32 == _MAPPED >> 32:
        return Network(4, base & 0xFFFFFFFF, mask & 0xFFFFFFFF)
    return Network(network.version, base, mask)


def holds(networks: Sequence[Network], address: Address) -> bool:
    """Whether one of the networks holds the address."""
    version, value = address
    return any(value & mask == base for kind, base, mask in networks if kind == version)
