"""The salts of the days, shared by all collectors; and the key of the buckets, which stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from core.spans import DAY, HOUR, day_of
from storage.sql import load
from storage.times import millis_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection, Connection

_BYTES: Final = 32
_BUCKET: Final = "bucket"
#: A salt is needed until half past midnight of the next day, and gone half an hour later.
_DELETED_AT: Final = HOUR


async def share(connection: AsyncConnection, days: Sequence[int]) -> dict[int, bytes]:
    """Return the salts of the UTC days that begin at these ms; the first to ask for a day makes its salt. Commits."""
    by_date = {_date(day): day for day in days}
    for day in by_date:
        await connection.execute(load("salts.offer"), {"day": day, "salt": token_bytes(_BYTES)})
    rows = await (await connection.execute(load("salts.read"), {"days": list(by_date)})).fetchall()
    await connection.commit()
    return {by_date[day]: bytes(salt) for day, salt in rows}


async def known(connection: AsyncConnection, day: int) -> bytes | None:
    """Return the salt of the UTC day that begins at this ms, if there is one; none is made."""
    row = await (await connection.execute(load("salts.read"), {"days": [_date(day)]})).fetchone()
    return None if row is None else bytes(row[1])


def every(connection: Connection) -> dict[int, bytes]:
    """Return every salt there is, by the start (ms) of its UTC day."""
    return {millis_of(day): bytes(salt) for day, salt in connection.execute(load("salts.all"))}


def forget(connection: Connection, now: int) -> int:
    """Delete the salts that nobody needs at `now` (ms) any more and return how many there were. The caller commits."""
    return connection.execute(load("salts.forget"), {"first": first_kept(now)}).rowcount


async def forget_async(connection: AsyncConnection, now: int) -> None:
    """Do what `forget` does, without blocking the loop."""
    await connection.execute(load("salts.forget"), {"first": first_kept(now)})


def first_kept(now: int) -> date:
    """Return the earliest day whose salt is kept at `now` (ms since 1970 UTC): from 01:00 on, today."""
    today = day_of(now)
    return _date(today if now - today >= _DELETED_AT else today - DAY)


async def bucket_key(connection: AsyncConnection) -> bytes:
    """Return the key that picks buckets; the first to ask makes it, and it never changes. Commits."""
    await connection.execute(load("secrets.offer"), {"name": _BUCKET, "value": token_bytes(_BYTES)})
    row = await (await connection.execute(load("secrets.read"), {"name": _BUCKET})).fetchone()
    await connection.commit()
    if row is None:
        raise LookupError("the key of the buckets was deleted while it was read")
    return bytes(row[0])


async def clock(connection: AsyncConnection) -> int:
    """Return the store's time, ms since 1970 UTC."""
    row = await (await connection.execute(load("clock.read"))).fetchone()
    if row is None:
        raise LookupError("the store does not know the time")
    return int(row[0])


def _date(day: int) -> date:
    return datetime.fromtimestamp(day / 1_000, tz=UTC).date()
