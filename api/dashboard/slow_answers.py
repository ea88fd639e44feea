"""Answers that a page does not wait for: it is shown without them, and has them when it is looked at again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from core.clock import Clock

T = TypeVar("T")

#: How long an answer is as good as a new one, seconds: as long as a page that is left open waits to look again.
KEPT: Final = 60.0
_CAPACITY: Final = 1_000


class SlowAnswers(Generic[T]):
    """Answers by key, each asked for once at a time, for coroutines of one event loop.

    Args:
        clock: for how long they are kept.
        patience: seconds that a page waits for one.
    """

    def __init__(self, *, clock: Clock, patience: float = 0.03) -> None:
        self._clock = clock
        self._patience = patience
        self._asked: OrderedDict[Hashable, tuple[float, asyncio.Task[T]]] = OrderedDict()

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T | None:
        """Return the answer; None if it takes longer than a page waits.

        Raises:
            Exception: what `ask` raised; it is asked again the next time.
        """
        self._forget()
        if key not in self._asked:
            task = asyncio.ensure_future(_awaited(ask))
            task.add_done_callback(_noted)
            self._asked[key] = self._clock.monotonic(), task
        _, task = self._asked[key]
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done():
            return None
        if task.cancelled() or task.exception() is not None:
            del self._asked[key]
        return task.result()

    def _forget(self) -> None:
        now = self._clock.monotonic()
        old = [key for key, (since, task) in self._asked.items() if task.done() and now - since > KEPT]
        for key in old:
            del self._asked[key]
        while len(self._asked) >= _CAPACITY:
            self._asked.popitem(last=False)


async def _awaited(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


def _noted(task: asyncio.Task[T]) -> None:
    """Nobody may ask for it again: a failure has been seen all the same."""
    if not task.cancelled():
        task.exception()
