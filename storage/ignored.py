"""Addresses and networks that no browser collector counts, whatever the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection


def add(connection: Connection, network: str) -> None:
    """Ignore a checked address or network from now on; nothing changes if it is ignored. The caller commits."""
    connection.execute(load("ignored.add"), {"network": network})


def remove(connection: Connection, network: str) -> bool:
    """Ignore it no more; False if it was not ignored under this text. The caller commits."""
    return connection.execute(load("ignored.remove"), {"network": network}).rowcount == 1


def all_networks(connection: Connection) -> list[str]:
    """Return all that is ignored, by text."""
    return [text for (text,) in connection.execute(load("ignored.list"))]


async def all_networks_async(connection: AsyncConnection) -> list[str]:
    """Return what `all_networks` does, without blocking the loop."""
    return [text async for (text,) in await connection.execute(load("ignored.list"))]
