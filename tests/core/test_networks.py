"""Addresses and networks."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from core.networks import holds, parse_address, parse_network


@pytest.mark.parametrize(
    ("network", "address", "inside"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.0/24", "192.0.2.255", True),
        ("192.0.2.7/24", "192.0.2.255", True),
        ("0.0.0.0/0", "8.8.8.8", True),
        ("0.0.0.0/0", "::1", False),
        ("2001:db8::/32", "2001:db8:ffff::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("::1", "::1", True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("::ffff:10.0.0.0/104", "10.1.2.3", True),
        ("fe80::/10", "fe80::1%eth0", True),
    ],
)
def test_holding(network: str, address: str, inside: bool) -> None:  # noqa: FBT001 - a column of the table
    """A network holds an address of its version, however that is written."""
    parsed = parse_address(address)
    assert parsed is not None
    assert holds([parse_network(network)], parsed) is inside


@pytest.mark.parametrize("text", ["", "x", "192.0.2", "192.0.2.1/33", "192.0.2.256", "2001:db8::/129", "a/b"])
def test_no_network(text: str) -> None:
    """What is neither address nor network is refused."""
    with pytest.raises(InvalidInput):
        parse_network(text)


@pytest.mark.parametrize("text", ["", "x", "192.0.2.1/24", "localhost", "192.0.2.01"])
def test_no_address(text: str) -> None:
    """What is no address is None."""
    assert parse_address(text) is None
