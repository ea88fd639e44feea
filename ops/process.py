"""How a long-lived process of ours runs: one loop, ended by a signal, spared by the garbage collector."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from typing import TYPE_CHECKING

import uvloop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import FrameType


def run(main: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run `main` until it returns; the event it is given is set by SIGTERM and SIGINT.

    Raises:
        whatever `main` raises.
    """

    async def supervised() -> None:
        ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        for how in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(how, ending.set)
        await main(ending)

    uvloop.run(supervised())


def end_while_waiting() -> None:
    """Let SIGTERM and SIGINT end the process in order while it still waits for others, before `run`."""

    def end(_: int, __: FrameType | None) -> None:
        sys.exit(0)

    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, end)


def calm_collector() -> None:
    """Keep what the start made out of garbage collection for good, and collect the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
