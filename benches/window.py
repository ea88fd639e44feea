"""The live page's window alone, on one core: whole batches, against the same events one by one.

Views of one site in order of time, a hundred a millisecond: by visitors who read page after page, and by as many who
look at one. About half a minute.
"""

from __future__ import annotations

import gc
import time
from random import Random
from typing import TYPE_CHECKING, Final

from benches.reducer import NOON_OF_A_DAY, view
from core.realtime_window import Window
from core.spans import HOUR

if TYPE_CHECKING:
    from core.events import Event

#: Events of a batch, and of all batches of that size.
SIZES: Final = {1: 10_000, 32: 20_000, 1_000: 100_000, 5_000: 100_000}
VISITORS: Final = 4_500
PAGES: Final = 5_000
#: Views in a row of one visitor.
IN_A_ROW: Final = (32, 1)
PASSES: Final = 3


def stream(random: Random, *, events: int, in_a_row: int) -> list[Event]:
    """Views in order of time, so many in a row of each visitor."""
    visitors = [random.getrandbits(63) for _ in range(VISITORS)]
    made: list[Event] = []
    for number in range(events):
        if number % in_a_row == 0:
            visitor = random.choice(visitors)
        path = f"/articles/{int(random.random() ** 2 * PAGES)}"
        made.append(view(number, visitor, path)._replace(ts=NOON_OF_A_DAY + number // 100))
    return made


def _spent(events: list[Event], size: int) -> float:
    """Microseconds of processor time an event."""
    window = Window(seconds=1_800, start_ms=NOON_OF_A_DAY - HOUR)
    batches = [events[at : at + size] for at in range(0, len(events), size)]
    gc.collect()
    began = time.process_time()
    for batch in batches:
        window.add(batch, batch[-1].ts)
    return (time.process_time() - began) / len(events) * 1e6


def run() -> None:
    """Print microseconds an event by size of batch, the least of some passes in turn."""
    for in_a_row in IN_A_ROW:
        for size, count in SIZES.items():
            events = stream(Random(1), events=count, in_a_row=in_a_row)  # noqa: S311 - repeatable, no secret
            spent = [(_spent(events, size), _spent(events, 1)) for _ in range(PASSES)]
            whole, alone = map(min, zip(*spent, strict=True))
            print(
                f"{in_a_row:2} views of a visitor, batches of {size:5}: {whole:5.2f} us an event, "
                f"one by one {alone:5.2f} ({alone / whole:.1f} times)"
            )
