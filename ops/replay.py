"""Dead letters sent again through the log: their events keep their times, ids and visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core.errors import FootfallError, InvalidInput, Unavailable
from core.spans import HOUR, LATENESS
from streams.codec import decode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.ports import EventLog
    from storage.dead_letters import StoredDeadLetter


class Replayed(NamedTuple):
    """What became of one letter; without a problem it was sent."""

    id: int
    problem: str = ""


async def replay(log: EventLog, letters: Iterable[StoredDeadLetter], *, now: int) -> list[Replayed]:
    """Append the events of the letters, one letter after the other, to the partition that they came from.

    An event that was counted after all is left out as a duplicate, so a letter may be sent twice. One older than a day
    would only come back as too late.

    Raises:
        Unavailable: the log takes nothing now; what was sent before was sent.
    """
    return [Replayed(stored.id, await _send(log, stored, now=now)) for stored in letters]


async def _send(log: EventLog, stored: StoredDeadLetter, *, now: int) -> str:
    try:
        events = decode(stored.letter.payload).events
    except InvalidInput as error:
        return f"cannot be read: {error}"
    if any(event.ts < now - LATENESS for event in events):
        return f"older than {LATENESS // HOUR} h: no longer accepted"
    try:
        # A bucket is taken modulo the partitions, so a partition's number leads back to it.
        await log.append([(stored.letter.partition, event) for event in events])
    except Unavailable:
        raise
    except FootfallError as error:
        return f"refused again: {error}"
    return ""
