"""The scripts that were ever served under their hash: pages that pin one keep it over our updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.sql import load
from tracker.builds import Build

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from psycopg import AsyncConnection


async def offer(connection: AsyncConnection, builds: Mapping[str, Build]) -> None:
    """Keep the builds, given by name, for ever. The caller commits."""
    rows = [{"digest": build.digest, "name": name, **build._asdict()} for name, build in sorted(builds.items())]
    async with connection.cursor() as cursor:
        await cursor.executemany(load("scripts.offer"), rows)


async def others(connection: AsyncConnection, digests: Collection[str]) -> dict[tuple[str, str], Build]:
    """Return by (hash, name) what is kept beside the scripts of these hashes."""
    rows = await (await connection.execute(load("scripts.others"), {"digests": list(digests)})).fetchall()
    return {(digest, name): Build(*map(bytes, contents)) for digest, name, *contents in rows}
