"""The ignore list: addresses and networks that no browser collector counts, whatever the site."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput
from core.networks import parse_network

if TYPE_CHECKING:
    from collections.abc import Collection

#: Collectors look at all of them for each event.
MAX_IGNORED: Final = 1_000


def one_form(text: str) -> str:
    """Return the one way to write this address or network: host bits are cleared, a network of one is an address.

    Raises:
        InvalidInput: it is neither.
    """
    parse_network(text)
    network = ip_network(text.strip(), strict=False)
    if network.num_addresses > 1:
        return str(network)
    address = network.network_address
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def require_room(listed: Collection[str], text: str) -> None:
    """Let an address or network pass, in its one form, that can be put on the list or is on it.

    Raises:
        InvalidInput: the list is full.
    """
    if text not in listed and len(listed) >= MAX_IGNORED:
        raise InvalidInput(f"the ignore list holds at most {MAX_IGNORED} addresses or networks; remove some first")
