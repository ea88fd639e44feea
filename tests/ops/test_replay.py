"""Which way is open to a dead letter, and what is told of those that the log does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.drops import DeadReason
from core.errors import Refused, Unavailable
from core.spans import DAY, HOUR, MINUTE
from ops.replay import Legible, Replayed, make_plan, send
from storage.dead_letters import DeadLetter, StoredDeadLetter
from streams.codec import encode
from tests.cases import FIRST_DAY, event_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.events import Event

#: 15:00 of the fifth day.
NOW = FIRST_DAY + 4 * DAY + 15 * HOUR


def stored(payload: bytes) -> StoredDeadLetter:
    """A letter, number 7, of partition 3."""
    return StoredDeadLetter(7, DeadLetter("log", 3, 1, NOW, DeadReason.TOO_LATE, "why", payload), None)


@pytest.mark.parametrize(
    ("times", "way"),
    [
        pytest.param([NOW], "young", id="of this moment"),
        pytest.param([NOW - DAY + 2 * MINUTE], "young", id="almost a day old"),
        pytest.param([NOW - DAY + MINUTE - 1], "2026-09-27", id="a day old on its arrival"),
        pytest.param([FIRST_DAY + 2 * DAY], "2026-09-26", id="of a day that workers still change"),
        pytest.param([FIRST_DAY + 2 * DAY - 1], "past", id="of the latest day that they do not"),
        pytest.param([FIRST_DAY - 90 * DAY], "past", id="of last season"),
        pytest.param([FIRST_DAY, NOW], "2026-09-28", id="some events are old, some young"),
        pytest.param([FIRST_DAY, FIRST_DAY + 2 * DAY], "2026-09-26", id="the newest event decides"),
        pytest.param([NOW + 1], "2026-09-26", id="of the future"),
    ],
)
def test_the_way_of_a_letter(times: list[int], way: str) -> None:
    """Through the log, into the past, or a date from which one of them is open."""
    events = tuple(event_at(ts, number) for number, ts in enumerate(times))
    plan = make_plan([stored(encode(0, 0, events))], now=NOW)
    letter = [Legible(7, 3, events)]
    ((_, problem),) = plan.kept or [Replayed(7)]
    dates = [problem] if problem.endswith(f"can be replayed from {way} on") else []
    assert {"young": [letter, []], "past": [[], letter]}.get(way, [[], []]) == [plan.young, plan.past]
    assert len(dates) == (way not in {"young", "past"})


def test_an_undecodable_letter_stays() -> None:
    """With the reason; the others have their way."""
    plan = make_plan([stored(b"nonsense"), stored(encode(0, 0, [event_at(NOW, 0)]))], now=NOW)
    ((letter, problem),) = plan.kept
    assert letter == 7
    assert problem.startswith("cannot be read: ")
    assert len(plan.young) == 1


class _Log:
    """Refuses event 1, and is away from event 3 on."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    async def append(self, events: Sequence[tuple[int, Event]]) -> None:
        for partition, event in events:
            self.asked.append((partition, event.event_id))
            if event.event_id == 1:
                raise Refused("not this one")
            if event.event_id >= 3:
                raise Unavailable("away")

    async def ready(self) -> None:
        """It always says so."""


async def test_what_was_sent_before_the_log_went_away_is_known() -> None:
    """The letters after it keep waiting, without a try."""
    log = _Log()
    letters = [Legible(10 + number, 2, [event_at(NOW, 0)._replace(event_id=number)]) for number in range(5)]
    assert await send(log, letters) == [
        Replayed(10),
        Replayed(11, "refused again: not this one"),
        Replayed(12),
        Replayed(13, "away"),
        Replayed(14, "away"),
    ]
    assert log.asked == [(2, 0), (2, 1), (2, 2), (2, 3)]
