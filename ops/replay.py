"""Dead letters counted after all: young events through the log, those of the past by transactions of their own.

Their events keep their times, ids and visitors, so what was counted of a visitor before is left out as a duplicate.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.errors import FootfallError, InvalidInput, Refused, Unavailable
from core.spans import DAY, LATENESS, MINUTE, day_of
from storage.times import instant
from streams.codec import decode
from streams.past import InFiles, NotApplied, count_letter, past_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg_pool import AsyncConnectionPool

    from core.events import Event
    from core.ports import EventLog
    from storage.dead_letters import StoredDeadLetter

#: What is this close to the lateness limit might be beyond it on its arrival in the log.
_ON_THE_WAY = MINUTE


class Replayed(NamedTuple):
    """What became of one letter; without a problem its events are counted, or are in the log."""

    id: int
    problem: str = ""


class Legible(NamedTuple):
    """A dead letter that can be read."""

    id: int
    partition: int
    events: Sequence[Event]


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is to be done with each letter; `kept` are those that stay, with the reason."""

    young: list[Legible] = field(default_factory=list)
    past: list[Legible] = field(default_factory=list)
    kept: list[Replayed] = field(default_factory=list)


def make_plan(letters: Iterable[StoredDeadLetter], *, now: int) -> Plan:
    """Sort the letters by the way that is open to them at `now` (ms): the log takes no event that is a day old.

    Until nobody else writes to its days (see `streams.past`) an older event has no way.
    """
    plan = Plan()
    for stored in letters:
        try:
            events = decode(stored.letter.payload).events
        except InvalidInput as error:
            plan.kept.append(Replayed(stored.id, f"cannot be read: {error}"))
            continue
        letter = Legible(stored.id, stored.letter.partition, events)
        oldest = min((event.ts for event in events), default=now)
        newest = max((event.ts for event in events), default=now)
        if newest > now:
            day = day_of(newest) + DAY
            plan.kept.append(Replayed(stored.id, f"of the future: can be replayed from {instant(day):%Y-%m-%d} on"))
        elif oldest >= now - LATENESS + _ON_THE_WAY:
            plan.young.append(letter)
        elif past_from(newest) <= now:
            plan.past.append(letter)
        else:
            day = past_from(newest)
            plan.kept.append(
                Replayed(
                    stored.id,
                    f"older than {LATENESS // MINUTE // 60} h: can be replayed from {instant(day):%Y-%m-%d} on",
                )
            )
    return plan


async def send(log: EventLog, letters: Iterable[Legible]) -> list[Replayed]:
    """Append the events of young letters, one letter after the other, to the partition that they came from.

    After the log has taken one not, the others are not tried.
    """
    done: list[Replayed] = []
    away = ""
    for letter in letters:
        if not away:
            try:
                # A bucket is taken modulo the partitions, so a partition's number leads back to it.
                await log.append([(letter.partition, event) for event in letter.events])
            except Unavailable as error:
                away = str(error)
            except FootfallError as error:
                done.append(Replayed(letter.id, f"refused again: {error}"))
                continue
        done.append(Replayed(letter.id, away))
    return done


async def count_past(
    pool: AsyncConnectionPool, letters: Iterable[Legible], *, now: int, thaw: Callable[[int, int], None]
) -> list[Replayed]:
    """Count the letters of the past, each in a transaction that also notes that it is replayed.

    Args:
        pool: where to.
        letters: of the past.
        now: ms.
        thaw: puts the rows of a site's day (start, ms) back into the tables.

    Raises:
        Unavailable: the store does not answer; what was counted before is noted.
    """
    done: list[Replayed] = []
    for letter in letters:
        try:
            await _count_thawed(pool, letter, now=now, thaw=thaw)
        except NotApplied as error:
            done.append(Replayed(letter.id, str(error)))
        except Refused as error:
            done.append(Replayed(letter.id, f"refused again: {error}"))
        else:
            done.append(Replayed(letter.id))
    return done


async def _count_thawed(
    pool: AsyncConnectionPool, letter: Legible, *, now: int, thaw: Callable[[int, int], None]
) -> None:
    """Count a letter; days that are in files only, and become so again while it waits, are thawed before."""
    while True:
        try:
            await count_letter(pool, letter.id, letter.events, now=now)
        except InFiles as error:
            for site, day in error.days:
                await asyncio.to_thread(thaw, site, day)
        else:
            return
