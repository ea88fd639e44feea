"""Forgetting a visitor: what is known of an address and a browser is removed, wherever it is.

Whose an event is can be told while its day's salt exists. Of older days only addresses can be found that a site's owner
has stored, and these are taken out of what holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from aggregations.archive.reading import reading_files, scan, times_as_ms
from aggregations.archive.writing import write_parts
from api.collector.clients import canonical
from core.errors import InvalidInput
from core.spans import DAY
from core.visitors import DaySalt, Visitors
from storage import dead_letters, forgotten, salts
from storage.archive import manifest
from storage.archive.parquet import ROW_GROUP
from storage.archive.schema import EVENTS
from storage.forgotten import Person, Removed
from storage.locks import site_lock
from streams.codec import decode, encode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from core.events import Event
    from storage.archive.manifest import ArchiveFile
    from storage.archive.store import ArchiveStore
    from storage.dead_letters import StoredDeadLetter

#: What is read of a user agent.
_MAX_USER_AGENT: Final = 512
#: Dead letters read at a time.
_LETTERS: Final = 1_000
#: Rows of a file that are in memory at a time.
_AT_A_TIME: Final = 4 * ROW_GROUP
_EVER: Final = 1 << 42


class Whom(NamedTuple):
    """Who is to be forgotten: hashes by site and day, as far as there are salts, and the address."""

    ip: str
    days: tuple[int, ...]  # starts, ms
    hashes: frozenset[Person]
    sites: tuple[int, ...]


class Found(NamedTuple):
    """What there is, or was, of somebody."""

    visitors: int  # hashes that have events
    rows: Removed
    addresses: int  # rows of other events that hold the address
    files: int  # files that hold it
    dead_letters: int  # with an event of theirs


def whom(connection: Connection, *, ip: str, user_agent: str, sites: Collection[int]) -> Whom:
    """Tell who is meant by an address and a user agent.

    Raises:
        InvalidInput: it is no address.
    """
    address = canonical(ip)
    if not address:
        raise InvalidInput(f"--ip: {ip[:64]!r} is no IP address")
    known = salts.every(connection)
    visitors = Visitors(bucket_key=b"", salt_of={day: DaySalt(salt) for day, salt in known.items()}.get)
    agent = user_agent.encode()[:_MAX_USER_AGENT].decode("latin-1")
    hashes = frozenset(
        Person(site, visitors.identify(day + DAY // 2, site, address, agent).visitor) for day in known for site in sites
    )
    return Whom(address, tuple(known), hashes, tuple(sites))


def look(pool: ConnectionPool, store: ArchiveStore | None, who: Whom, *, now: int) -> Found:
    """Tell what there is, and change nothing.

    Raises:
        Unavailable: the archive does not answer.
    """
    with pool.connection() as connection:
        people = forgotten.find(connection, who.hashes, now=now)
        rows = forgotten.count(connection, people, now=now)
        addresses = forgotten.count_address(connection, who.ip, sites=who.sites)
        letters = sum(1 for letter in _letters(connection) if _without(letter, who) is not None)
        files = [file for _, file in _holding(connection, store, who)]
    return Found(len(people), rows, addresses, len(files), letters)


def forget(pool: ConnectionPool, store: ArchiveStore | None, who: Whom, *, now: int) -> Found:
    """Remove what there is: first the visitor, in one transaction, then the address, then dead letters and files.

    Whatever stops it, the same call removes the rest, as long as the salts are there.

    Raises:
        Unavailable: the archive does not answer, or a job has a site for minutes.
    """
    with pool.connection() as connection:
        people = forgotten.find(connection, who.hashes, now=now)
        with connection.transaction():
            rows = forgotten.remove(connection, who.hashes, now=now)
    with pool.connection() as connection:
        addresses = forgotten.clear_address(connection, who.ip, sites=who.sites)
    letters = _clear_letters(pool, who)
    files = 0
    for site in who.sites:
        with pool.connection() as connection, site_lock(connection, site):
            with connection.transaction():
                holding = _holding(connection, store, who._replace(sites=(site,)))
            for archive, file in holding:
                written = _written_without(connection, archive, file, who.ip)
                with connection.transaction():
                    manifest.replace_file(connection, file, written, at=now)
                files += 1
    return Found(len(people), rows, addresses, files, letters)


def _holding(connection: Connection, store: ArchiveStore | None, who: Whom) -> list[tuple[ArchiveStore, ArchiveFile]]:
    """The current files that hold the address."""
    if store is None:
        return []
    found = []
    for site in who.sites:
        for pair in manifest.current(connection, site=site, begin=0, end=_EVER):
            frame = scan(store, [str(pair.events.name)], EVENTS).filter(pl.col("ip") == who.ip)
            with reading_files():
                if frame.select(pl.len()).collect().item():
                    found.append((store, pair.events))
    return found


def _written_without(connection: Connection, store: ArchiveStore, file: ArchiveFile, ip: str) -> ArchiveFile:
    """Write the file again without the address; in all else it is the same."""
    with connection.transaction():
        version = manifest.next_version(connection)
    frame = scan(store, [str(file.name)], EVENTS)

    def parts() -> Iterator[pl.DataFrame]:
        for first in range(0, file.rows, _AT_A_TIME):
            part = frame.slice(first, _AT_A_TIME).select(times_as_ms(EVENTS)).collect()
            yield part.with_columns(ip=pl.when(pl.col("ip") == ip).then(pl.lit("")).otherwise("ip"))

    with reading_files():
        written = write_parts(store, file.name._replace(version=version), EVENTS, parts())
    return written._replace(final=file.final, verified_at=file.verified_at)


def _clear_letters(pool: ConnectionPool, who: Whom) -> int:
    changed = 0
    with pool.connection() as connection:
        for letter in _letters(connection):
            left = _without(letter, who)
            if left is None:
                continue
            changed += 1
            if left:
                packet = decode(letter.letter.payload)
                dead_letters.change(connection, letter.id, encode(packet.producer, packet.sequence, left))
            else:
                dead_letters.remove(connection, [letter.id])
    return changed


def _letters(connection: Connection) -> Iterator[StoredDeadLetter]:
    after = 0
    while letters := dead_letters.waiting(connection, after=after, limit=_LETTERS, replayed_too=True):
        after = letters[-1].id
        yield from letters


def _without(letter: StoredDeadLetter, who: Whom) -> list[Event] | None:
    """The events of the letter that stay; None if all do, or none can be read."""
    try:
        events = decode(letter.letter.payload).events
    except InvalidInput:
        return None
    left = [event for event in events if Person(event.site, event.visitor) not in who.hashes]
    cleared = [event._replace(ip="") if event.ip == who.ip and event.site in who.sites else event for event in left]
    return None if cleared == list(events) else cleared
