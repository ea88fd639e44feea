"""Sites that were deleted while events of theirs may still be on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load

if TYPE_CHECKING:
    from psycopg import AsyncConnection


async def deleted_sites(connection: AsyncConnection) -> frozenset[int]:
    """Return the ids of all deleted sites; ids are never reused, so the set only grows."""
    cursor = await connection.execute(load("tombstones.list"))
    return frozenset(site for (site,) in await cursor.fetchall())
