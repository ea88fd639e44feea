"""Messages of the log by columns against the same events by rows, on one core: written, read, and what follows.

Views of one site in order of time by visitors who read page after page, five messages a batch; what follows is all that
the engine does with the batch on its way to the store, and the live window. About a minute.
"""

from __future__ import annotations

import gc
import time
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from benches.reducer import NOON_OF_A_DAY
from benches.window import stream
from core.realtime_window import Window
from core.reducer import Reducer
from core.sessions import Loaded
from core.spans import DAY, HOUR
from storage.copying import event_rows
from streams.codec import NO_PRODUCER, ROWS, decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.events import Event

#: Events of a message. Fewer than `streams.codec.MANY` are written by rows, and then both ways are the same.
SIZES: Final = (8, 16, 32, 200, 1_000)
MESSAGES: Final = 5
EVENTS: Final = 100_000
IN_A_ROW: Final = 32
PASSES: Final = 3


class Spent(NamedTuple):
    """Microseconds of processor time an event, and bytes."""

    written: float
    read: float
    followed: float
    size: float

    def __str__(self) -> str:
        return f"{self.written:4.2f} + {self.read:4.2f} + {self.followed:5.2f} us, {self.size:3.0f} bytes"


def _by_rows(events: Sequence[Event]) -> bytes:
    return msgspec.msgpack.encode((ROWS, NO_PRODUCER, 0, events))


def _by_columns(events: Sequence[Event]) -> bytes:
    return encode(NO_PRODUCER, 0, events)


def _spent(events: list[Event], size: int, write: Callable[[Sequence[Event]], bytes]) -> Spent:
    parts = [events[at : at + size] for at in range(0, len(events), size)]
    gc.collect()
    began = time.process_time()
    messages = [write(part) for part in parts]
    written = time.process_time() - began
    reducer = Reducer(greatest_ts=NOON_OF_A_DAY - DAY)
    window = Window(seconds=1_800, start_ms=NOON_OF_A_DAY - HOUR)
    read = followed = 0.0
    for at in range(0, len(messages), MESSAGES):
        began = time.process_time()
        batch = [event for message in messages[at : at + MESSAGES] for event in decode(message).events]
        read += time.process_time() - began
        began = time.process_time()
        reducer.needs(batch)
        delta = reducer.apply(batch, Loaded())
        for _ in event_rows(delta.events):
            pass
        window.add(batch, batch[-1].ts)
        followed += time.process_time() - began
    written, read, followed = (each / len(events) * 1e6 for each in (written, read, followed))
    return Spent(written, read, followed, sum(map(len, messages)) / len(events))


def run() -> None:
    """Print what was spent by events of a message, the least of some passes in turn."""
    events = stream(Random(1), events=EVENTS, in_a_row=IN_A_ROW)  # noqa: S311 - repeatable, no secret
    for size in SIZES:
        passes = [(_spent(events, size, _by_rows), _spent(events, size, _by_columns)) for _ in range(PASSES)]
        rows, columns = (min(spent, key=lambda each: sum(each[:3])) for spent in zip(*passes, strict=True))
        ratio = sum(rows[:3]) / sum(columns[:3])
        print(f"messages of {size:5}: by columns {columns}; by rows {rows} ({ratio:.2f} times the time)")
