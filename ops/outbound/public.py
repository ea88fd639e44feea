"""Which addresses are public: what everybody can reach, and not only this machine or its network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

#: What the registries of special addresses leave public and is not: the old relays of 6to4, and the address at which a
#: cloud tells its machines their secrets.
_NOT_PUBLIC: Final = (IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))
#: All that is given out of IPv6. Outside of it are mapped and compatible IPv4, ULA, link-local, multicast and others.
_GLOBAL: Final = IPv6Network("2000::/3")
#: But for these in it: Teredo and other protocols, documentation, 6to4, documentation.
_SPECIAL: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
#: How a network without IPv4 reaches IPv4: the last 32 bits are the address.
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether `text` is the usual spelling of a public address. A name, or another spelling, is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _public4(address) if isinstance(address, IPv4Address) else _public6(address)


def _public4(address: IPv4Address) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def _public6(address: IPv6Address) -> bool:
    if address in _NAT64:
        return _public4(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL and address.is_global and not any(address in network for network in _SPECIAL)
