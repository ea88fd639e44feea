"""Realtime windows and the store: the query that is their truth, what fills them, and the parts that workers share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.realtime import HERE, TOP, LiveList, Minute, RealtimeView, Sight, links_at, minutes_at, second_of
from core.spans import MINUTE, SECOND
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping

    from psycopg import AsyncConnection, Connection

#: In place of a site: the row by which a partition's owner says that its parts are of now.
_SIGN_OF_LIFE: Final = 0
#: A sign of life older than this means that nobody tends the partition's parts.
FRESH: Final = timedelta(seconds=3)


def view(connection: Connection, *, site: int, now_ms: int, window_ms: int) -> RealtimeView:
    """Return the window of `window_ms` (whole seconds) at `now_ms`, from the rows; the connection is in a snapshot."""
    until = second_of(now_ms) * SECOND
    day = links_at(now_ms)
    given = {
        "site": site,
        "after": instant(until - window_ms),
        "until": instant(until),
        "here": instant(until - HERE),
        "day": None if day is None else instant(day).date(),
        "top": TOP,
    }
    rows = connection.execute(load("realtime.view"), given).fetchall()
    found: dict[str, dict[str, int]] = {kind: {} for kind in ("active", "here", "page", "type", "visitors", "views")}
    for kind, name, count in rows:
        found[kind][name] = count
    minutes = (
        Minute(start, *(found[kind].get(str(start // MINUTE), 0) for kind in ("visitors", "views")))
        for start in minutes_at(now_ms, window_ms)
    )
    lists: dict[LiveList, list[tuple[str, int]]] = {name: [] for name in LiveList}
    for name, value, count in connection.execute(load("realtime.lists"), given):
        lists[LiveList(name)].append((value, count))
    types = sorted(found["type"].items(), key=lambda item: (-item[1], item[0]))
    return RealtimeView(
        found["active"][""],
        tuple(found["page"].items()),
        tuple(types),
        found["here"][""],
        tuple(minutes),
        {name: tuple(values) for name, values in lists.items()},
    )


async def recent(connection: AsyncConnection, *, after_ms: int) -> AsyncIterator[Sight]:
    """The humans' events later than `after_ms`, of all sites, in no order."""
    async with connection.cursor() as cursor:
        async for ts, *columns in cursor.stream(load("realtime.recent"), {"after": instant(after_ms)}, size=500):
            yield Sight(millis(ts), *columns)


async def put_parts(connection: AsyncConnection, *, log: str, partition: int, parts: Mapping[int, bytes]) -> None:
    """Write the parts by site, and that all parts of the partition are of now. The caller commits."""
    given = {_SIGN_OF_LIFE: b"", **parts}
    await connection.execute(
        load("realtime.put_parts"),
        {"log": log, "partition": partition, "sites": list(given), "parts": list(given.values())},
    )


async def alive(connection: AsyncConnection, *, log: str) -> set[int]:
    """Return the partitions of which the store has parts, however old. A crash of the server leaves none."""
    rows = await (await connection.execute(load("realtime.alive"), {"log": log})).fetchall()
    return {partition for (partition,) in rows}


async def remove_parts(connection: AsyncConnection, *, log: str, partition: int, sites: Collection[int] | None) -> None:
    """Take away the partition's parts of these sites, or of all where it is None. The caller commits."""
    await connection.execute(
        load("realtime.remove_parts"),
        {"log": log, "partition": partition, "sites": None if sites is None else list(sites)},
    )


def parts(connection: Connection, *, log: str, partitions: int, site: int) -> list[bytes | None] | None:
    """Return each partition's part of the site, None where it has nothing there.

    None instead of the list if any of the partitions gave no sign of life for `FRESH`.
    """
    rows = connection.execute(
        load("realtime.parts"), {"log": log, "partitions": partitions, "site": site, "fresh": FRESH}
    ).fetchall()
    return [part for _, part in rows] if len(rows) == partitions else None
