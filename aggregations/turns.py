"""Turns of blocking work: a few at a time, each in a thread of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

from core.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Turns:
    """Runs work of one kind for coroutines of one event loop.

    Args:
        name: of the threads.
        at_a_time: how much of it runs at a time.
        waiting: how much may wait.
    """

    def __init__(self, name: str, *, at_a_time: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(at_a_time, thread_name_prefix=name)
        self._most = at_a_time + waiting
        self._asked = 0

    def close(self) -> None:
        """Wait for what runs and let the threads end; what waits is cancelled."""
        self._threads.shutdown(cancel_futures=True)

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns, when its turn has come.

        Raises:
            Overloaded: too much is waiting.
        """
        if self._asked >= self._most:
            raise Overloaded("too many reports are waiting: try again")
        self._asked += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)
        finally:
            self._asked -= 1
