"""Which events of a batch go on to the store: no message twice, none out of its time, none of who is not to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from core.drops import DeadReason
from core.errors import LogGap
from core.events import Event
from core.spans import CLOCK_AHEAD, LATENESS
from streams.codec import NO_PRODUCER
from streams.messages import Dead, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet


_ts_of: Final[Callable[[Event], int]] = itemgetter(Event._fields.index("ts"))


class Gone(NamedTuple):
    """Whose events are dropped on the way."""

    sites: AbstractSet[int]  # deleted ones
    visitors: Mapping[tuple[int, int], int] = MappingProxyType({})  # (site, visitor): up to when, ms

    def has(self, event: Event) -> bool:
        """Whether the event is of a deleted site, or of a visitor who was forgotten after it."""
        if event.site in self.sites:
            return True
        return event.ts <= self.visitors.get((event.site, event.visitor), -1)


@dataclass(slots=True)
class Intake:
    """A batch sorted out. `offsets` has the offset of the message of each of `events`.

    `lasts` is the last sequence of each producer met; `repeated` counts messages that the log holds twice, `deleted`
    events of deleted sites and of visitors who were forgotten.
    """

    events: list[Event] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    dead: list[Dead] = field(default_factory=list)
    lasts: dict[int, int] = field(default_factory=dict)
    repeated: int = 0
    deleted: int = 0


def skip_applied(messages: Sequence[Message], position: int) -> Sequence[Message]:
    """The messages that are not applied yet.

    Raises:
        LogGap: they do not follow the position, or one another, without a gap.
    """
    fresh = [message for message in messages if message.offset >= position]
    for expected, message in enumerate(fresh, position):
        if message.offset != expected:
            raise LogGap(f"the log goes on at offset {message.offset}, but {expected} is the next one to apply")
    return fresh


def greatest_ts(messages: Sequence[Message]) -> int:
    """The greatest time stamp in the messages, in ms, as far as it can be true; 0 if there is none."""
    return max(
        (
            min(max(map(_ts_of, message.events)), message.appended_at + CLOCK_AHEAD)
            for message in messages
            if message.events
        ),
        default=0,
    )


def take_in(messages: Sequence[Message], lasts: Mapping[int, int], gone: Gone) -> Intake:
    """Sort out the messages; `lasts` has the last sequence applied of the producers known so far."""
    intake = Intake()
    for message in messages:
        if message.events is None:
            intake.dead.append(Dead(message.offset, DeadReason.UNDECODABLE, message.error, None))
            continue
        if message.producer != NO_PRODUCER:
            last = intake.lasts.get(message.producer, lasts.get(message.producer))
            if last is not None and message.sequence <= last:
                intake.repeated += 1
                continue
            intake.lasts[message.producer] = message.sequence
        _take_events(message, message.events, gone, intake)
    return intake


def _take_events(message: Message, events: Sequence[Event], gone: Gone, intake: Intake) -> None:
    oldest, newest = message.appended_at - LATENESS, message.appended_at + CLOCK_AHEAD
    kept = [event for event in events if oldest <= event.ts <= newest and event.site not in gone.sites]
    if gone.visitors:
        kept = [event for event in kept if not gone.has(event)]
    if len(kept) < len(events):
        for event in events:
            if gone.has(event):
                intake.deleted += 1
            elif (reason := _untimely(message, event)) is not None:
                apart = (event.ts - message.appended_at) / 1_000
                error = f"stamped {apart:+.3f} s from its arrival in the log"
                intake.dead.append(Dead(message.offset, reason, error, event))
    intake.events += kept
    intake.offsets += [message.offset] * len(kept)


def _untimely(message: Message, event: Event) -> DeadReason | None:
    if event.ts < message.appended_at - LATENESS:
        return DeadReason.TOO_LATE
    if event.ts > message.appended_at + CLOCK_AHEAD:
        return DeadReason.CLOCK_AHEAD
    return None
