"""What one batch of a partition reads from the store and writes to it. The caller holds the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from psycopg.rows import tuple_row

from core.events import Event, StoredEvent, TrafficClass
from core.sessions import Link, Loaded, VisitorDay
from core.spans import DAY, day_of
from storage.binary import MillisecondsLoader
from storage.copying import copy_events, stage_sessions
from storage.sql import load as sql
from storage.times import instant, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from psycopg import AsyncConnection

    from core.sessions import Delta, FactsChange

#: How long the server keeps the locks of an owner that stopped in mid-transaction, so that another one can go on.
_IDLE_LIMIT: Final = "SET idle_in_transaction_session_timeout = '15s'"
_FIRST_DAY: Final = instant(0).date()
_prepared: Final[WeakSet[AsyncConnection[Any]]] = WeakSet()


async def prepare(connection: AsyncConnection) -> None:
    """Give a connection its staging table and bound its patience; must be called outside of a transaction."""
    if connection not in _prepared:
        await connection.execute(_IDLE_LIMIT)
        await connection.execute(sql("sessions.stage"))
        await connection.commit()
        _prepared.add(connection)


async def load(connection: AsyncConnection, needs: Collection[VisitorDay]) -> Loaded:
    """Return the events of these visitor-days and of the days linked to them on either side, with those links.

    Events come without `prev` (links have it) and without `properties`, which no session depends on.
    """
    if not needs:
        return Loaded()
    cursor = await connection.execute(sql("links.around"), {"visitors": list({need.visitor for need in needs})})
    return await _load(connection, needs, _links(await cursor.fetchall(), needs))


async def load_past(connection: AsyncConnection, needs: Collection[VisitorDay]) -> Loaded:
    """Load as `load` does, for days whose links may be forgotten: a session over a midnight is a link that stays.

    Without it the two halves of such a session would be counted as strangers.
    """
    if not needs:
        return Loaded()
    days = [need.day for need in needs]
    visitors = list({need.visitor for need in needs})
    around = await connection.execute(sql("links.around"), {"visitors": visitors})
    crossed = await connection.execute(
        sql("links.crossed"),
        {
            "visitors": visitors,
            "sites": list({need.site for need in needs}),
            "begin": instant(min(days)),
            "end": instant(max(days) + DAY),
        },
    )
    return await _load(connection, needs, _links([*await around.fetchall(), *await crossed.fetchall()], needs))


async def _load(connection: AsyncConnection, needs: Collection[VisitorDay], links: list[Link]) -> Loaded:
    wanted = set(needs)
    for link in links:
        wanted.add(VisitorDay(link.site, link.traffic, link.visitor, link.day))
        wanted.add(VisitorDay(link.site, link.traffic, link.prev, link.day - DAY))
    return Loaded(await _events(connection, wanted), links)


def _links(rows: Iterable[tuple[Any, ...]], needs: Collection[VisitorDay]) -> list[Link]:
    found = {
        Link(site, traffic, visitor, prev, (day - _FIRST_DAY).days * DAY) for site, traffic, visitor, prev, day in rows
    }
    return [
        link
        for link in found
        if VisitorDay(link.site, link.traffic, link.visitor, link.day) in needs
        or VisitorDay(link.site, link.traffic, link.prev, link.day - DAY) in needs
    ]


async def _events(connection: AsyncConnection, wanted: Collection[VisitorDay]) -> list[StoredEvent]:
    days = [visitor_day.day for visitor_day in wanted]
    async with connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        cursor.adapters.register_loader("timestamptz", MillisecondsLoader)
        await cursor.execute(
            sql("events.of_visitors"),
            {
                "visitors": list({visitor_day.visitor for visitor_day in wanted}),
                "begin": instant(min(days)),
                "end": instant(max(days) + DAY),
            },
        )
        rows = await cursor.fetchall()
    floods = {(visitor_day.site, visitor_day.visitor, visitor_day.day) for visitor_day in wanted}
    stored = [
        StoredEvent(Event._make((ts, event_id, visitor, 0, *columns, "")), session_id, facts)
        for ts, event_id, visitor, *columns, session_id, facts in rows
    ]
    return [row for row in stored if _key(row.event) in wanted or _is_flood_of(row.event, floods)]


def _key(event: Event) -> VisitorDay:
    return VisitorDay(event.site, event.traffic, event.visitor, day_of(event.ts))


async def stored_of_nobody(connection: AsyncConnection, events: Collection[Event]) -> set[tuple[int, int, int]]:
    """Return (site, ts, event id) of those of these events without a visitor that the store has already."""
    if not events:
        return set()
    instants = [instant(event.ts) for event in events]
    cursor = await connection.execute(
        sql("events.stored_of_nobody"),
        {
            "sites": [event.site for event in events],
            "instants": instants,
            "event_ids": [event.event_id for event in events],
            "begin": min(instants),
            "end": max(instants),
        },
    )
    return {(site, millis(ts), event_id) for site, ts, event_id in await cursor.fetchall()}


def _is_flood_of(event: Event, visitors: Collection[tuple[int, int, int]]) -> bool:
    """A flood's row no longer tells whether its visitor was a human or a bot."""
    return event.traffic == TrafficClass.FLOOD and (event.site, event.visitor, day_of(event.ts)) in visitors


async def copy(connection: AsyncConnection, delta: Delta) -> None:
    """Write the events of a batch, and stage its sessions; the first half of a write.

    Raises:
        psycopg.DataError: the database refuses a value; so does `psycopg.IntegrityError` and its likes.
    """
    if delta.events:
        await copy_events(connection, delta.events)
    if delta.sessions:
        await stage_sessions(connection, delta.sessions.values())


async def merge(connection: AsyncConnection, partition: int, delta: Delta) -> None:
    """Make the staged sessions the stored ones, and write all else that the batch changes; the second half.

    Statements that have nothing to do are left out, the others need no answer before the next: call it in a pipeline.
    Raises as `copy` does, there or at the pipeline's end.
    """
    if delta.sessions:
        await connection.execute(sql("sessions.upsert"))
    for key in delta.removed:
        await connection.execute(sql("sessions.delete"), (key.site, instant(key.start), key.session_id))
    if delta.changes:
        await _change_events(connection, delta.changes)
    if delta.links:
        await _insert_links(connection, delta.links)
    if delta.marks:
        await _touch_marks(connection, partition, delta.marks)


async def unstage(connection: AsyncConnection) -> None:
    """Make room for another batch in the same transaction."""
    await connection.execute(sql("sessions.unstage"))


async def _change_events(connection: AsyncConnection, changes: Sequence[FactsChange]) -> None:
    instants = [instant(change.ts) for change in changes]
    await connection.execute(
        sql("events.change"),
        {
            "sites": [change.site for change in changes],
            "visitors": [change.visitor for change in changes],
            "instants": instants,
            "event_ids": [change.event_id for change in changes],
            "session_ids": [change.session_id for change in changes],
            "facts": [change.facts for change in changes],
            "begin": min(instants),
            "end": max(instants),
        },
    )


async def _insert_links(connection: AsyncConnection, links: Collection[Link]) -> None:
    await connection.execute(
        sql("links.insert"),
        {
            "sites": [link.site for link in links],
            "classes": [link.traffic for link in links],
            "visitors": [link.visitor for link in links],
            "prevs": [link.prev for link in links],
            "days": [instant(link.day).date() for link in links],
        },
    )


async def _touch_marks(connection: AsyncConnection, partition: int, marks: Collection[tuple[int, int]]) -> None:
    # Everybody locks marks in this order, so nobody waits in a circle.
    ordered = sorted(marks)
    await connection.execute(
        sql("marks.touch"),
        {
            "partition": partition,
            "sites": [site for site, _ in ordered],
            "hours": [instant(hour) for _, hour in ordered],
        },
    )
