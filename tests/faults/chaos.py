"""Which part dies next, and when."""

from __future__ import annotations

import os
import time
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.load import Load

#: Kills of a cluster, and of a single node, which has fewer parts.
KILLS: Final = int(os.environ.get("FOOTFALL_KILLS", "10"))
NODE_KILLS: Final = max(8, KILLS // 5)
#: Seconds of a test; a kill and the start after it take up to ten on a small, busy machine.
TIMEOUT: Final = 240 + 12 * KILLS
#: Events that were accepted by the end, on average between two kills.
ACCEPTED: Final = 50

_PAUSES: Final = (1.0, 3.0)
_SOME: Final = 100
_BRIEFLY: Final = 20.0


class Chaos:
    """Moments and victims, at random; with `seed` the same ones, as far as that goes."""

    def __init__(self, kinds: Iterable[str], *, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - moments, no secret
        self._turns = self._deck(list(kinds))

    def next(self) -> str:
        """The kind whose turn it is: all in random order, again and again."""
        return next(self._turns)

    def wait(self, load: Load) -> None:
        """Let some seconds pass; half of the times also until some more events were accepted, if that happens soon."""
        time.sleep(self._random.uniform(*_PAUSES))
        if self._random.random() < 0.5:
            return
        enough, deadline = len(load.acknowledged) + _SOME, time.monotonic() + _BRIEFLY
        while len(load.acknowledged) < enough and time.monotonic() < deadline:
            time.sleep(0.1)

    def _deck(self, kinds: list[str]) -> Iterator[str]:
        while True:
            yield from self._random.sample(kinds, len(kinds))
