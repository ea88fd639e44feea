"""Visitors who were forgotten: what is stored of them, and what becomes of their events that are still on the way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from core.spans import DAY
from storage import imports, locks, marks
from storage.sql import load
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from psycopg import AsyncConnection, Connection

#: (site, visitor) and the instant (ms) up to which their events are dropped.
Forgotten = dict[tuple[int, int], int]
#: A hash lives on one day, and no salt for two: what is older than this is nobody's who can be named.
_LOOK_BACK = 8 * DAY


class Person(NamedTuple):
    """A visitor's hash on one site and day."""

    site: int
    visitor: int


class Removed(NamedTuple):
    """How many rows there were."""

    events: int
    sessions: int
    properties: int = 0


async def forgotten(connection: AsyncConnection) -> Forgotten:
    """Return everybody whose events may still be on the way."""
    cursor = await connection.execute(load("forgotten.list"))
    return {(site, visitor): until async for site, visitor, until in cursor}


async def sites_after(connection: AsyncConnection, *, after: int, since: int) -> dict[int, int]:
    """Return the sites of which somebody was forgotten after the row `after` and since `since` (ms), by newest row."""
    cursor = await connection.execute(load("forgotten.sites"), {"after": after, "since": instant(since)})
    return dict(await cursor.fetchall())


def find(connection: Connection, hashes: Collection[Person], *, now: int) -> set[Person]:
    """Return those of the hashes that have events, and whom else they are known to be over a midnight.

    A visit over midnight has events under the hashes of both days, and the link between them is kept for two days.
    """
    begin = instant(now - _LOOK_BACK)
    given = {"sites": [one.site for one in hashes], "visitors": [one.visitor for one in hashes], "begin": begin}
    found = {Person(*row) for row in connection.execute(load("forgotten.known"), given)}
    unseen = set(hashes)
    while unseen:
        visitors = [one.visitor for one in unseen]
        span = {"begin": begin, "end": instant(now + DAY)}
        rows = [
            *connection.execute(load("links.around"), {"visitors": visitors}),
            *connection.execute(
                load("links.crossed"), {"visitors": visitors, "sites": [one.site for one in unseen], **span}
            ),
        ]
        linked = {
            Person(site, other)
            for site, _, visitor, prev, _ in rows
            if Person(site, visitor) in unseen or Person(site, prev) in unseen
            for other in (visitor, prev)
        }
        unseen = linked - found - set(hashes)
        found |= linked
    return found


def count(connection: Connection, people: Collection[Person], *, now: int) -> Removed:
    """Return what there is of them."""
    row = connection.execute(load("forgotten.count"), _given(people, now)).fetchone()
    return Removed(0, 0) if row is None else Removed(int(row[0]), int(row[1]))


def remove(connection: Connection, hashes: Collection[Person], *, now: int) -> Removed:
    """Remove everything of these hashes, and of whom they are linked to, and drop what of them is still on the way.

    Batches wait meanwhile, and what engines remember of visitors is void afterwards. The hours are marked: rollups and
    files of them are made again. The caller commits.
    """
    locks.wait_for_past_shared(connection)
    connection.execute(load("positions.begin_epoch"))
    people = find(connection, hashes, now=now)
    given = _given(people | set(hashes), now)
    hours = defaultdict[int, set[int]](set)
    counts = []
    for name in ("forgotten.clear_events", "forgotten.clear_sessions"):
        rows = connection.execute(load(name), given).fetchall()
        counts.append(len(rows))
        for site, hour in rows:
            hours[site].add(millis(hour))
    properties = connection.execute(load("forgotten.clear_properties"), given).rowcount
    connection.execute(load("forgotten.clear_links"), given)
    for site in sorted(hours):
        marks.put(connection, site=site, hours=hours[site], partition=imports.PARTITION)
    connection.execute(load("forgotten.add"), {**given, "until": instant(now)})
    return Removed(counts[0], counts[1], properties)


def forget(connection: Connection, *, before: int) -> int:
    """Let go of those forgotten before `before` (ms): no log has their events any more. The caller commits."""
    return connection.execute(load("forgotten.remove"), {"before": instant(before)}).rowcount


def count_address(connection: Connection, ip: str, *, sites: Collection[int]) -> int:
    """Return how many events of the sites hold the address."""
    row = connection.execute(load("addresses.count"), {"sites": list(sites), "ip": ip}).fetchone()
    return 0 if row is None else int(row[0])


def clear_address(connection: Connection, ip: str, *, sites: Collection[int]) -> int:
    """Take the address out of all events of the sites that hold it, and return how many these were."""
    return connection.execute(load("addresses.clear"), {"sites": list(sites), "ip": ip}).rowcount


def _given(people: Collection[Person], now: int) -> Mapping[str, object]:
    return {
        "sites": [one.site for one in people],
        "visitors": [one.visitor for one in people],
        "begin": instant(now - _LOOK_BACK),
    }
