"""The guard: no address gets past it that is not public, in whatever clothes it comes."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from ops.outbound.guard import Guard, NotPublicError, Opened, parse_opened
from ops.outbound.public import is_public

#: How an IPv4 address is carried in an IPv6 address, by what it is added to and how far it is shifted.
EMBEDDINGS: Final = {
    "mapped": ("::ffff:0:0", 0),
    "compatible": ("::", 0),
    "translated": ("::ffff:0:0:0", 0),
    "NAT64": ("64:ff9b::", 0),
    "NAT64 of a network": ("64:ff9b:1::", 0),
    "6to4": ("2002::", 80),
    "Teredo server": ("2001::", 64),
    "link-local": ("fe80::5efe:0:0", 0),
    "ULA": ("fd00::5efe:0:0", 0),
}
PRIVATE: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
    *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4"),
)
addresses4 = st.one_of(
    st.ip_addresses(v=4), st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network))
)


def place(address: str) -> tuple[int, int, int, str, tuple[str, int]]:
    """As `getaddrinfo` has it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 80)


def passes(guard: Guard, address: str) -> bool:
    """Whether the guard makes a socket."""
    try:
        guard.socket(place(address)).close()
    except NotPublicError:
        return False
    return True


@given(addresses4)
def test_no_ipv4_address_gets_past_that_is_not_global(address: IPv4Address) -> None:
    """As it is, and in every IPv6 address that carries it."""
    public = passes(Guard(), str(address))
    assert not public or (address.is_global and not address.is_multicast)
    for name, (prefix, shift) in EMBEDDINGS.items():
        carried = str(IPv6Address(int(IPv6Address(prefix)) | int(address) << shift))
        assert passes(Guard(), carried) == (public and name == "NAT64")


@given(st.ip_addresses(v=6), st.sampled_from(["", "%1", "%lo"]))
def test_no_ipv6_address_gets_past_that_is_not_global(address: IPv6Address, zone: str) -> None:
    """With a zone and without."""
    assert not passes(Guard(), f"{address}{zone}") or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize("network", PRIVATE)
def test_no_special_network_is_public(network: str) -> None:
    """Neither its first address nor its last."""
    whole = ip_network(network)
    assert [passes(Guard(), str(address)) for address in (whole[0], whole[-1])] == [False, False]


@pytest.mark.parametrize(
    "address",
    [
        *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "3fff::1"),
        *("2002:808:808::1", "2001:0:808:808::1", "2001:10::1", "2001:20::1", "100::1", "5f00::1", "4000::1"),
        *("168.63.129.16", "100.100.100.200", "192.0.0.192", "255.255.255.255", "169.254.169.254"),
        *("127.1", "0x7f.1", "2130706433", "017700000001", "8.8.8.010", "localhost", "example.com", "", "8.8.8.8 "),
    ],
)
def test_no_special_address_is_public(address: str) -> None:
    """Those of protocols, clouds and documents, other spellings, and names."""
    assert (is_public(address), passes(Guard(), address)) == (False, False)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    """Of both kinds, and through the translation of a network without IPv4."""
    assert (is_public(address), passes(Guard(), address)) == (True, True)


def test_only_what_was_opened_gets_past() -> None:
    """Networks by the address, mapped or not; names are not for a guard."""
    opened = parse_opened(["10.1.0.0/16", "fd00::/8", "Intranet.Example.", "wiki"])
    guard = Guard(opened.networks)
    tried = ["10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1", "64:ff9b::a01:203", "fd12::1", "fe80::1"]
    assert [passes(guard, address) for address in tried] == [True, True, False, False, True, False]
    assert [opened.has(name) for name in ("intranet.example", "WIKI.", "example", "other.wiki")] == [
        True,
        True,
        False,
        False,
    ]
    assert Opened().has("wiki") is False


@pytest.mark.parametrize("text", ["http://wiki", "10.0.0.0/40", "a b", "wiki:80", "*.wiki", "10.1", "-a.example"])
def test_what_is_opened_is_checked(text: str) -> None:
    """An error says what to write instead."""
    with pytest.raises(InvalidInput, match=r"is no name, address or network; write it like"):
        parse_opened([text])
