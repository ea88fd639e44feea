"""Looking names up for connectors."""

from __future__ import annotations

import socket

import pytest

from ops.outbound.guard import Guard, NotPublicError
from ops.outbound.names import Names


async def found(*addresses: str) -> list[str]:
    """What connectors are told of a name with these addresses."""

    async def look_up(host: str) -> tuple[str, ...]:
        assert host == "shop.example"
        return addresses

    names = Names(Guard(), look_up)
    try:
        return [place["host"] for place in await names.resolve("shop.example", 443)]
    finally:
        await names.close()


async def test_only_what_may_be_connected_to_is_told() -> None:
    """In the order of the system, and not more than a name has that means well."""
    assert await found("127.0.0.1", "2606:4700::1", "10.0.0.1", "8.8.8.8") == ["2606:4700::1", "8.8.8.8"]
    assert await found(*(f"8.8.8.{last}" for last in range(200))) == [f"8.8.8.{last}" for last in range(16)]


async def test_a_name_without_such_an_address_is_an_error() -> None:
    """It says which address is not public, or that there is none."""
    with pytest.raises(NotPublicError, match=r"^The address 10\.0\.0\.1 is not public$"):
        await found("10.0.0.1", "::1")
    with pytest.raises(socket.gaierror):
        await found()
